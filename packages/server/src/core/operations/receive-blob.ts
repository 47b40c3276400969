import type { Registry } from '../registry.ts'
import { openDraftEntity } from './steps/drafts.ts'
import {
  type IncomingBlob,
  type ReceivedBlob,
  recordUpload,
  storeBlob,
} from './steps/store-blob.ts'

export type { IncomingBlob, ReceivedBlob } from './steps/store-blob.ts'

/**
 * Takes the bytes of one file of a draft, or of one part of it, through a link that was given to
 * the draft's maker. The draft's owner becomes a holder of the blob.
 *
 * Throws `draft_not_found`, `digest_mismatch`, `storage_full`, `registry_unavailable`, and whatever
 * `feed` throws.
 */
export async function receiveBlob(
  registry: Registry,
  input: IncomingBlob & { readonly draftId: string },
): Promise<ReceivedBlob> {
  const { draftId } = input
  const entityId = await registry.metadata.read((tx) => openDraftEntity(tx, draftId))
  return storeBlob(registry, input, recordUpload(registry, { draftId, entityId }))
}
