import { RegistryError } from '../../errors.ts'
import type { Blob } from '../../model/blob.ts'
import type { ContentDigest } from '../../model/digest.ts'
import { formatTime } from '../../model/time.ts'
import type { ReadTx } from '../../registry.ts'

/** Throws `version_quarantined` for a blob whose stored bytes have changed, `blob_missing`. */
export async function getBlob(tx: ReadTx, digest: ContentDigest): Promise<Blob> {
  const blob = await tx.blobs.find(digest)
  if (blob !== undefined) return blob
  const corruptAt = await tx.blobs.findCorrupt(digest)
  if (corruptAt !== undefined)
    throw new RegistryError(
      'version_quarantined',
      `The stored bytes of ${digest} have changed on disk (seen at ${formatTime(corruptAt)}) and ` +
        'are not served. Log the same bytes again, or restore them from a backup.',
      { digest, reason: 'stored bytes have changed' },
    )
  throw new RegistryError('blob_missing', `The bytes of ${digest} are not here any more.`, {
    digest,
  })
}
