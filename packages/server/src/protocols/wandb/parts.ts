import { RegistryError } from '../../core/errors.ts'
import { joinParts } from '../../core/operations/join-parts.ts'
import type { Call } from './call.ts'
import { type FileParts, hexOf } from './files.ts'
import { readNodeId } from './node-ids.ts'

export interface SentPart {
  readonly partNumber: number
  readonly hexMD5: string
}

const HEX_MD5 = /^[0-9a-f]{32}$/i

/** Links for the parts that the client announced; null where it announced none. */
export function partLinks(
  call: Call,
  file: {
    readonly draftId: string
    readonly md5: string
    readonly parts: readonly SentPart[]
  },
): (() => FileParts) | null {
  const { draftId, md5, parts } = file
  if (parts.length === 0) return null
  const uploadID = hexOf(md5)
  return () => ({
    uploadID,
    uploadUrlParts: parts.map((part) => {
      const permit = { kind: 'upload-part', draftId, md5: readMd5(part.hexMD5) } as const
      const place = `wandb_artifacts/${draftId}/${uploadID}/${part.partNumber}`
      return { partNumber: part.partNumber, uploadUrl: call.app.links.url(permit, place) }
    }),
  })
}

/** The client's parts but for the last, up to where it makes them larger. */
const PART_BYTES = 100 * 1024 * 1024

/** Bytes of room that a file takes at least: its parts, and the whole that is made of them. */
export function roomForParts(parts: readonly SentPart[]): number {
  return 2 * PART_BYTES * Math.max(parts.length - 1, 0)
}

export interface CompleteUploadInput {
  readonly artifactID: string
  /** Of the whole file, its MD5 in hex: what `partLinks` gave out. */
  readonly uploadID: string
  /** The client sends the `ETag` of each part's answer as it came, in its quotes. */
  readonly completedParts: readonly SentPart[]
}

/** Makes one file of the parts that were sent. */
export async function completeUpload(call: Call, input: CompleteUploadInput) {
  const md5 = readMd5(input.uploadID)
  await joinParts(call.app.registry, call.actor, {
    draftId: readNodeId('Artifact', input.artifactID),
    md5,
    parts: input.completedParts.map(({ partNumber, hexMD5 }) => ({
      number: partNumber,
      md5: readMd5(hexMD5.replace(/^"(.*)"$/, '$1')),
    })),
  })
  return { digest: md5 }
}

/** base64, as entries have it. */
function readMd5(hex: string): string {
  if (HEX_MD5.test(hex)) return Buffer.from(hex, 'hex').toString('base64')
  throw new RegistryError(
    'request_invalid',
    `${JSON.stringify(hex.slice(0, 100))} is not an MD5 in hexadecimal digits.`,
  )
}
