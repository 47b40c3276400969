import { RegistryError } from '../errors.ts'
import { MAX_BATCHED_BLOB_BYTES, MAX_BLOBS_PER_BATCH } from '../limits.ts'
import type { Registry, SmallBlob } from '../registry.ts'
import { openDraftEntity } from './steps/drafts.ts'
import { recordBlobs, recordUpload } from './steps/store-blob.ts'

/**
 * Takes the bytes of several small files of a draft at once, through a link that was given to the
 * draft's maker: all of them, or none that may be relied upon. It is `receiveBlob` of each, with
 * one wait for the disk and one transaction.
 *
 * Throws `draft_not_found`, `digest_mismatch`, `too_large`, `storage_full`, `registry_unavailable`.
 */
export async function receiveBlobs(
  registry: Registry,
  input: { readonly draftId: string; readonly blobs: readonly SmallBlob[] },
): Promise<void> {
  const { draftId } = input
  if (input.blobs.length > MAX_BLOBS_PER_BATCH)
    throw tooLarge(`At most ${MAX_BLOBS_PER_BATCH} blobs are taken at once.`)
  for (const { digest, bytes } of input.blobs)
    if (bytes.length > MAX_BATCHED_BLOB_BYTES)
      throw tooLarge(`${digest} has more than ${MAX_BATCHED_BLOB_BYTES} bytes: send it by itself.`)
  const entityId = await registry.metadata.read((tx) => openDraftEntity(tx, draftId))
  const stored = await registry.blobs.storeAll(distinct(input.blobs))
  await recordBlobs(registry, stored, recordUpload(registry, { draftId, entityId }))
}

/** Each digest once. What is named twice comes twice alike, or one of the two is not its bytes. */
function distinct(blobs: readonly SmallBlob[]): readonly SmallBlob[] {
  const byDigest = new Map<string, SmallBlob>()
  for (const blob of blobs) {
    const twin = byDigest.get(blob.digest)
    if (twin !== undefined && Buffer.compare(twin.bytes, blob.bytes) !== 0)
      throw new RegistryError(
        'digest_mismatch',
        `The batch has ${blob.digest} twice, with different bytes.`,
      )
    byDigest.set(blob.digest, blob)
  }
  return [...byDigest.values()]
}

function tooLarge(why: string): RegistryError {
  return new RegistryError('too_large', why)
}
