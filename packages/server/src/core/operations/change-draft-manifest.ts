import type { Actor } from '../model/actor.ts'
import type { DraftManifest } from '../model/version.ts'
import type { Registry } from '../registry.ts'
import { draftNotFound, getOwnedDraft, lockManifest } from './steps/drafts.ts'

/**
 * Announces the digest of a manifest file that was announced before without one. A base of null
 * keeps the one recorded first.
 *
 * Throws `draft_not_found`.
 */
export async function changeDraftManifest(
  registry: Registry,
  actor: Actor,
  input: Pick<DraftManifest, 'id' | 'baseVersionId' | 'clientDigest'>,
): Promise<DraftManifest> {
  return registry.metadata.transaction(async (tx) => {
    const announced = await tx.drafts.findManifest(input.id)
    if (announced === undefined) throw draftNotFound(input.id)
    await getOwnedDraft(tx, actor, announced.draftId)
    const found = await lockManifest(tx, announced)
    const manifest: DraftManifest = {
      ...found,
      baseVersionId: input.baseVersionId ?? found.baseVersionId,
      clientDigest: input.clientDigest,
    }
    await tx.drafts.putManifest(manifest)
    return manifest
  })
}
