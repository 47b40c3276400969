import type { Actor } from '../model/actor.ts'
import type { Owner } from '../model/owner.ts'
import type { Draft, DraftManifest } from '../model/version.ts'
import type { Registry } from '../registry.ts'
import { getOwnedDraft } from './steps/drafts.ts'

/**
 * A draft with the manifest files that were announced for it, oldest first. Throws
 * `draft_not_found`.
 */
export async function listDraftManifests(
  registry: Registry,
  actor: Actor,
  input: { readonly draftId: string },
): Promise<{
  readonly draft: Draft
  readonly owner: Owner
  readonly manifests: readonly DraftManifest[]
  /** Bytes have found no room in the blob store since the draft began: its own, most likely. */
  readonly storeWasFull: boolean
}> {
  return registry.metadata.read(async (tx) => {
    const { draft, owner } = await getOwnedDraft(tx, actor, input.draftId)
    const manifests = await tx.drafts.listManifests(draft.id)
    const storeWasFull = (registry.blobs.exhaustedAt() ?? 0) >= draft.createdAt
    return { draft, owner, manifests, storeWasFull }
  })
}
