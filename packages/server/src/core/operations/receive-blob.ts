import type { Registry } from '../registry.ts'
import { checkOpen, draftNotFound, prolongDraft } from './steps/drafts.ts'
import { type IncomingBlob, type ReceivedBlob, storeBlob } from './steps/store-blob.ts'

export type { IncomingBlob, ReceivedBlob } from './steps/store-blob.ts'

/**
 * Takes the bytes of one file of a draft, through a link that was given to the draft's maker. The
 * draft's owner becomes a holder of the blob.
 *
 * Throws `draft_not_found`, `digest_mismatch`, `storage_full`, `registry_unavailable`, and whatever
 * `feed` throws.
 */
export async function receiveBlob(
  registry: Registry,
  input: IncomingBlob & { readonly draftId: string },
): Promise<ReceivedBlob> {
  const entityId = await registry.metadata.read(async (tx) => {
    const draft = await tx.drafts.findById(input.draftId)
    const owner = draft === undefined ? undefined : await tx.owners.findById(draft.ownerId)
    if (draft === undefined || owner === undefined) throw draftNotFound(input.draftId)
    checkOpen(draft)
    return owner.entityId
  })
  return storeBlob(registry, input, async (tx, blob) => {
    await tx.blobs.hold(entityId, input.draftId, [blob.digest])
    await tx.blobs.recordUploads(input.draftId, [blob.digest])
    const draft = await tx.drafts.findById(input.draftId)
    if (draft === undefined || (await prolongDraft(tx, draft, registry.now())) === undefined)
      throw draftNotFound(input.draftId)
  })
}
