import type { Actor } from '../model/actor.ts'
import type { DraftManifest } from '../model/version.ts'
import type { Registry } from '../registry.ts'
import { getOwnedDraft } from './steps/drafts.ts'

/**
 * Announces a manifest file that the client will upload for a draft; a later announcement with its
 * digest replaces the earlier one of the same kind.
 *
 * Throws `draft_not_found`.
 */
export async function createDraftManifest(
  registry: Registry,
  actor: Actor,
  input: Pick<DraftManifest, 'draftId' | 'kind' | 'baseVersionId' | 'clientDigest'>,
): Promise<DraftManifest> {
  return registry.metadata.transaction(async (tx) => {
    const { draft } = await getOwnedDraft(tx, actor, input.draftId)
    const manifest: DraftManifest = {
      id: registry.newId(),
      draftId: draft.id,
      kind: input.kind,
      baseVersionId: input.baseVersionId,
      clientDigest: input.clientDigest,
      fileDigest: null,
      createdAt: registry.now(),
    }
    await tx.drafts.putManifest(manifest)
    return manifest
  })
}
