import type { CallOptions, Client } from '../client.ts'
import { isGreenroomError } from '../greenroom-error.ts'
import { watchSilence } from '../silence.ts'
import type { Upload } from '../wire.ts'
import { type BlobSource, SILENCE_MILLISECONDS } from './send-blob.ts'

/**
 * What the registry takes at once: 1 MiB with the line that names the blobs, and so many of them.
 */
const MAX_BATCH_BYTES = 960 * 1024
const MAX_BLOBS_PER_BATCH = 256
const MAX_BATCHED_BLOB_BYTES = 256 * 1024

/** Small uploads together, as they come, and each large one by itself. */
export async function* uploadBatches(
  pages: AsyncIterable<readonly Upload[]>,
): AsyncGenerator<readonly Upload[]> {
  let batch: Upload[] = []
  let bytes = 0
  for await (const uploads of pages) {
    for (const upload of uploads) {
      if (upload.size > MAX_BATCHED_BLOB_BYTES) {
        yield [upload]
        continue
      }
      const isFull = batch.length === MAX_BLOBS_PER_BATCH || bytes + upload.size > MAX_BATCH_BYTES
      if (isFull) {
        yield batch
        batch = []
        bytes = 0
      }
      batch.push(upload)
      bytes += upload.size
    }
  }
  if (batch.length > 0) yield batch
}

/**
 * Sends small blobs in one request, and says whether the registry has them now. It takes all or
 * none, so whoever is told `false` sends them one by one, and hears what is wrong with which.
 * Throws `GreenroomError` where a source cannot be read.
 */
export async function sendBatch(
  client: Client,
  url: string,
  sources: readonly BlobSource[],
  { signal }: CallOptions,
): Promise<boolean> {
  const parts = await Promise.all(sources.map((source) => source.bytes()))
  const heading = JSON.stringify(sources.map(({ digest, size }) => [digest, size]))
  const silence = watchSilence(SILENCE_MILLISECONDS, signal)
  silence.heard()
  try {
    const body = new Blob([`${heading}\n`, ...parts])
    const response = await client.fetch(url, { method: 'PUT', body, signal: silence.signal })
    await response.body?.cancel()
    return response.ok
  } catch (thrown) {
    signal?.throwIfAborted()
    if (isGreenroomError(thrown)) throw thrown
    return false
  } finally {
    silence.end()
  }
}
