import { SYSTEM } from '../model/actor.ts'
import type { Blob, ByteRange } from '../model/blob.ts'
import { BlobCorrupt, type Registry } from '../registry.ts'
import { recordFact } from './steps/facts.ts'

/**
 * Lends a blob's bytes to `sink`, each chunk checked before it leaves. Stored bytes that have
 * changed are put in quarantine: from then on nobody gets them, and the next who names their digest
 * is asked to send them, which mends it.
 *
 * Throws `blob_missing`, and `BlobCorrupt` when stored bytes have changed.
 */
export async function sendBlob(
  registry: Registry,
  blob: Blob,
  range: ByteRange | null,
  sink: (chunk: Uint8Array) => Promise<void>,
): Promise<void> {
  try {
    await registry.blobs.send(blob, range, sink)
  } catch (error) {
    if (error instanceof BlobCorrupt) await quarantine(registry, blob)
    throw error
  }
}

async function quarantine(registry: Registry, { digest, size }: Blob): Promise<void> {
  await registry.metadata.transaction(async (tx) => {
    if (!(await tx.blobs.markCorrupt(digest, registry.now()))) return
    await recordFact(registry, tx, SYSTEM, { kind: 'blob.quarantined', payload: { digest, size } })
  })
}
