import { crc32 } from 'node:zlib'
import { RegistryError } from '../core/errors.ts'
import { CHECK_CHUNK_BYTES } from '../core/limits.ts'
import type { Blob, ByteRange } from '../core/model/blob.ts'
import type { ContentDigest } from '../core/model/digest.ts'
import { BlobCorrupt } from '../core/ports/blob-store.ts'
import { checkAt } from './checks.ts'

/** Second buffers that a store lends: 64 MiB, however many readers are slow at once. */
const MAX_SPARE_BUFFERS = 16

/** The second buffers of a store's sends: with one, the next chunk is read during the sink. */
export class SpareBuffers {
  #lent = 0

  take(bytes: number): Uint8Array | undefined {
    if (this.#lent === MAX_SPARE_BUFFERS) return undefined
    this.#lent += 1
    return Buffer.allocUnsafeSlow(bytes)
  }

  giveBack(): void {
    this.#lent -= 1
  }
}

export interface BlobSource {
  /** Fills `into` from the blob's byte `position` on; how many bytes there were. */
  readonly read: (into: Uint8Array, position: number) => Promise<number>
  readonly spares: SpareBuffers
}

/**
 * Sends a blob or a range of it: reads whole check chunks, compares each with its recorded value
 * and lends what the range wants of it.
 */
export async function sendChecked(
  blob: Pick<Blob, 'digest' | 'size' | 'checks'>,
  range: ByteRange | null,
  source: BlobSource,
  sink: (chunk: Uint8Array) => Promise<void>,
): Promise<void> {
  const { first, last } = wholeOrRange(blob, range)
  if (last < first) return
  const lastIndex = Math.floor(last / CHECK_CHUNK_BYTES)
  let index = Math.floor(first / CHECK_CHUNK_BYTES)
  const load = (at: number, into: Uint8Array) => readChecked(blob, at, into, source)
  const bufferBytes = Math.min(CHECK_CHUNK_BYTES, blob.size)
  let buffer: Uint8Array = Buffer.allocUnsafeSlow(bufferBytes)
  let spare = index < lastIndex ? source.spares.take(bufferBytes) : undefined
  let loading = load(index, buffer)
  try {
    for (; ; index += 1) {
      const chunk = await loading
      const start = index * CHECK_CHUNK_BYTES
      if (index < lastIndex && spare !== undefined) {
        ;[buffer, spare] = [spare, buffer]
        loading = load(index + 1, buffer)
        // Awaited when the sink has settled; until then a failure is no unhandled rejection.
        loading.catch(() => {})
      }
      await sink(chunk.subarray(Math.max(0, first - start), last + 1 - start))
      if (index === lastIndex) return
      if (spare === undefined) loading = load(index + 1, buffer)
    }
  } finally {
    // The file is closed next: no read may be under way.
    await loading.catch(() => {})
    if (spare !== undefined) source.spares.giveBack()
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
  source: BlobSource,
): Promise<Uint8Array> {
  const position = index * CHECK_CHUNK_BYTES
  const chunk = buffer.subarray(0, Math.min(CHECK_CHUNK_BYTES, blob.size - position))
  const length = await source.read(chunk, position)
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
