import { isRegistryError, RegistryError } from '../errors.ts'
import { MAX_BLOB_BYTES, MAX_NAMED_IN_ERROR, MAX_PARTS_PER_UPLOAD } from '../limits.ts'
import type { Actor } from '../model/actor.ts'
import type { ContentDigest } from '../model/digest.ts'
import type { BlobStage, Registry, Tx } from '../registry.ts'
import { openBlob } from './open-blob.ts'
import { sendBlob } from './send-blob.ts'
import { checkOpen, draftNotFound, getOwnedDraft, prolongDraft } from './steps/drafts.ts'
import { recordBlob, recordUpload } from './steps/store-blob.ts'

/** So much at a time is hashed and written: other requests go between two pieces. */
const PIECE_BYTES = 256 * 1024

export interface JoinPartsInput {
  readonly draftId: string
  /** base64 MD5 of the whole file. */
  readonly md5: string
  /** From 1 on without a gap, in any order. */
  readonly parts: readonly { readonly number: number; readonly md5: string }[]
}

/**
 * Makes one file of a draft from parts that were received like files of it. They stay what they
 * are, uploads of an open draft, until the draft ends: `docs/decisions/0013-parts.md`.
 *
 * A file that is here already is not joined again. Who asks while the same parts are being joined,
 * or after that was cut off, takes the work over where it stands.
 *
 * Throws `draft_not_found`, `request_invalid` (numbers), `upload_incomplete` with the `missing`
 * parts, `too_large`, `digest_mismatch`, `storage_full`, `registry_unavailable`.
 */
export async function joinParts(
  registry: Registry,
  actor: Actor,
  input: JoinPartsInput,
): Promise<void> {
  const ordered = inOrder(input.parts)
  const found = await registry.metadata.transaction((tx) =>
    findParts(registry, tx, actor, { ...input, parts: ordered }),
  )
  if (found === undefined) return
  const { entityId, parts } = found
  const digests = parts.map(({ digest }) => digest)
  // A stage holds the beginning of these very parts, and of no others.
  const stage = await registry.blobs.stage(JSON.stringify(['join', input.draftId, ...digests]))
  try {
    for (const part of parts) await appendPart(registry, stage, part)
    const blob = await stage.commit({ md5: input.md5 })
    await recordBlob(registry, blob, recordUpload(registry, { ...input, entityId }))
  } catch (error) {
    await stage.pause().catch(() => {})
    if (!isRegistryError(error, 'upload_incomplete')) throw error
    throw new RegistryError('registry_unavailable', 'This upload is being finished; ask again.')
  }
}

interface PlacedPart {
  readonly digest: ContentDigest
  readonly size: number
  /** Where it begins in the whole. */
  readonly offset: number
}

function inOrder(parts: JoinPartsInput['parts']): JoinPartsInput['parts'] {
  const ordered = parts.toSorted((a, b) => a.number - b.number)
  if (parts.length === 0 || ordered.some(({ number }, at) => number !== at + 1))
    throw new RegistryError(
      'request_invalid',
      'Name every part of the upload once, from number 1 on without a gap.',
    )
  if (parts.length > MAX_PARTS_PER_UPLOAD)
    throw new RegistryError('too_large', `An upload has at most ${MAX_PARTS_PER_UPLOAD} parts.`)
  return ordered
}

/** Where each part of the whole lies; undefined when the whole is here. */
async function findParts(registry: Registry, tx: Tx, actor: Actor, input: JoinPartsInput) {
  const { draft, owner } = await getOwnedDraft(tx, actor, input.draftId)
  checkOpen(draft)
  if ((await prolongDraft(tx, draft, registry.now())) === undefined) throw draftNotFound(draft.id)
  if ((await tx.blobs.findUploaded(draft.id, [input.md5])).length > 0) return undefined
  const md5s = [...new Set(input.parts.map(({ md5 }) => md5))]
  const uploads = await tx.blobs.findUploaded(draft.id, md5s)
  const here = new Map(uploads.map((blob) => [blob.md5, blob]))
  const missing = input.parts.filter(({ md5 }) => !here.has(md5)).map(({ number }) => number)
  if (missing.length > 0) throw partsMissing(missing)
  let offset = 0
  const parts = input.parts.flatMap(({ md5 }): readonly PlacedPart[] => {
    const blob = here.get(md5)
    if (blob === undefined) return []
    const part = { digest: blob.digest, size: blob.size, offset }
    offset += blob.size
    return [part]
  })
  if (offset > MAX_BLOB_BYTES)
    throw new RegistryError('too_large', `A file has at most ${MAX_BLOB_BYTES} bytes.`)
  return { entityId: owner.entityId, parts }
}

function partsMissing(missing: readonly number[]): RegistryError {
  const named = missing.slice(0, MAX_NAMED_IN_ERROR).join(', ')
  const more = missing.length > MAX_NAMED_IN_ERROR ? ' and more' : ''
  return new RegistryError(
    'upload_incomplete',
    `${missing.length} parts have not arrived (${named}${more}). Send them and ask again.`,
    { missing: missing.slice(0, MAX_NAMED_IN_ERROR) },
  )
}

/** Appends what the stage does not have of a part. */
async function appendPart(registry: Registry, stage: BlobStage, part: PlacedPart): Promise<void> {
  const first = Math.max(stage.offset - part.offset, 0)
  if (first >= part.size) return
  const blob = await openBlob(registry, { versionId: null, digest: part.digest })
  await sendBlob(registry, blob, { first, last: part.size - 1 }, async (chunk) => {
    for (let from = 0; from < chunk.length; from += PIECE_BYTES)
      // A copy, since the chunk is lent and the stage keeps what it takes.
      await stage.append(Buffer.from(chunk.subarray(from, from + PIECE_BYTES)))
  })
}
