import type { Blob, ByteRange } from '../model/blob.ts'
import type { Registry } from '../registry.ts'

/**
 * Lends a blob's bytes to `sink`, each chunk checked before it leaves. Throws `blob_missing`, and
 * `BlobCorrupt` when stored bytes have changed.
 */
export async function sendBlob(
  registry: Registry,
  blob: Blob,
  range: ByteRange | null,
  sink: (chunk: Uint8Array) => Promise<void>,
): Promise<void> {
  return registry.blobs.send(blob, range, sink)
}
