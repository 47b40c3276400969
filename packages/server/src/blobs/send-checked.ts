import { crc32 } from 'node:zlib'
import { RegistryError } from '../core/errors.ts'
import { CHECK_CHUNK_BYTES } from '../core/limits.ts'
import type { Blob, ByteRange } from '../core/model/blob.ts'
import type { ContentDigest } from '../core/model/digest.ts'
import { BlobCorrupt } from '../core/ports/blob-store.ts'
import { checkAt } from './checks.ts'

/** Fills `into` from the blob's byte `position` on; how many bytes there were. */
export type ReadAt = (into: Uint8Array, position: number) => Promise<number>

/**
 * Sends a blob or a range of it: reads whole check chunks, compares each with its recorded value and
 * lends what the range wants of it. With `readAhead` the next chunk is read while the sink works.
 */
export async function sendChecked(
  blob: Pick<Blob, 'digest' | 'size' | 'checks'>,
  range: ByteRange | null,
  read: ReadAt,
  sink: (chunk: Uint8Array) => Promise<void>,
): Promise<void> {
  const { first, last } = wholeOrRange(blob, range)
  if (last < first) return
  const lastIndex = Math.floor(last / CHECK_CHUNK_BYTES)
  let index = Math.floor(first / CHECK_CHUNK_BYTES)
  const bufferBytes = Math.min(CHECK_CHUNK_BYTES, blob.size)
  const load = (at: number, buffer: Uint8Array) => readChecked(blob, at, buffer, read)

  let lent: Uint8Array = Buffer.allocUnsafeSlow(bufferBytes)
  let spare: Uint8Array = index < lastIndex ? Buffer.allocUnsafeSlow(bufferBytes) : lent
  let loading = load(index, lent)
  try {
    for (;;) {
      const chunk = await loading
      if (index < lastIndex) {
        loading = load(index + 1, spare)
        loading.catch(() => {})
      }
      const start = index * CHECK_CHUNK_BYTES
      await sink(chunk.subarray(Math.max(0, first - start), last + 1 - start))
      if (index === lastIndex) return
      ;[lent, spare] = [spare, lent]
      index += 1
    }
  } finally {
    // The file is closed next: no read may be under way.
    await loading.catch(() => {})
  }
}

function wholeOrRange(blob: Pick<Blob, 'size'>, range: ByteRange | null): ByteRange {
  if (range === null) return { first: 0, last: blob.size - 1 }
  if (range.first >= 0 && range.first <= range.last && range.last < blob.size) return range
  throw new RegistryError(
    'range_not_satisfiable',
    `The blob has ${blob.size} bytes; ${range.first}-${range.last} is not within them.`,
    { size: blob.size },
  )
}

async function readChecked(
  blob: Pick<Blob, 'digest' | 'size' | 'checks'>,
  index: number,
  buffer: Uint8Array,
  read: ReadAt,
): Promise<Uint8Array> {
  const position = index * CHECK_CHUNK_BYTES
  const chunk = buffer.subarray(0, Math.min(CHECK_CHUNK_BYTES, blob.size - position))
  const length = await read(chunk, position)
  if (length < chunk.length || crc32(chunk) !== checkAt(blob.checks, index))
    throw new BlobCorrupt(blob.digest, index)
  return chunk
}

export function blobMissing(digest: ContentDigest): RegistryError {
  return new RegistryError(
    'blob_missing',
    `The bytes of ${digest} are not here; upload them again.`,
    { digest },
  )
}
