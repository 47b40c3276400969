import { RegistryError } from '../../core/errors.ts'
import { isContentDigest } from '../../core/model/digest.ts'
import type { SmallBlob } from '../../core/registry.ts'

const LINE_END = 0x0a

/**
 * The body of a batch: a line of JSON that is an array of `[digest, bytes]`, and then the bytes of
 * each blob, one behind the other. Throws `request_invalid`.
 */
export function parseBatch(body: Buffer): readonly SmallBlob[] {
  const end = body.indexOf(LINE_END)
  if (end === -1) throw refused('A batch begins with a line of JSON: [["sha256:…", bytes], …].')
  let at = end + 1
  const blobs = readHeading(body.toString('utf8', 0, end)).map(([digest, size]) => {
    if (typeof digest !== 'string' || !isContentDigest(digest))
      throw refused('Each blob of a batch is named by its digest, "sha256:" and 64 digits.')
    if (typeof size !== 'number' || !Number.isSafeInteger(size) || size < 0)
      throw refused(`The size of ${digest} is no number of bytes.`)
    const bytes = body.subarray(at, at + size)
    at += size
    return { digest, bytes }
  })
  if (at === body.length) return blobs
  throw refused(`The batch has ${body.length} bytes, and its first line tells of ${at}.`)
}

function readHeading(line: string): readonly (readonly unknown[])[] {
  try {
    const heading: unknown = JSON.parse(line)
    if (Array.isArray(heading) && heading.every(Array.isArray)) return heading
  } catch {}
  throw refused('The first line of a batch is a JSON array of [digest, bytes].')
}

function refused(why: string): RegistryError {
  return new RegistryError('request_invalid', why)
}
