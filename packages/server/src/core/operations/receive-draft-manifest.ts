import { RegistryError } from '../errors.ts'
import { MAX_WANDB_MANIFEST_BYTES } from '../limits.ts'
import type { Registry } from '../registry.ts'
import { draftNotFound, lockManifest } from './steps/drafts.ts'
import { type IncomingBlob, type ReceivedBlob, storeBlob } from './steps/store-blob.ts'

/**
 * Takes the manifest file of a draft. It is kept beside the draft and means nothing until a commit
 * reads it.
 *
 * Throws `draft_not_found`, `digest_mismatch`, `too_large`, and whatever `feed` throws.
 */
export async function receiveDraftManifest(
  registry: Registry,
  input: Omit<IncomingBlob, 'expected'> & { readonly manifestId: string },
): Promise<ReceivedBlob> {
  const manifest = await registry.metadata.read((tx) => tx.drafts.findManifest(input.manifestId))
  if (manifest === undefined) throw draftNotFound(input.manifestId)
  const expected = manifest.clientDigest === null ? {} : { md5: manifest.clientDigest }
  return storeBlob(registry, { ...input, expected }, async (tx, blob) => {
    if (blob.size > MAX_WANDB_MANIFEST_BYTES)
      throw new RegistryError(
        'too_large',
        `A manifest file takes at most ${MAX_WANDB_MANIFEST_BYTES} bytes.`,
      )
    // Its draft may have gone meanwhile, or its announcement have changed.
    const now = await lockManifest(tx, manifest)
    await tx.drafts.putManifest({ ...now, fileDigest: blob.digest })
  })
}
