import type { Actor } from '../model/actor.ts'
import type { Registry } from '../registry.ts'
import { checkOpen, draftNotFound, getOwnedDraft } from './steps/drafts.ts'

/** Gives a draft up; its content is left to garbage collection. Throws `draft_not_found`. */
export async function abandonDraft(
  registry: Registry,
  actor: Actor,
  input: { readonly draftId: string },
): Promise<void> {
  return registry.metadata.transaction(async (tx) => {
    await getOwnedDraft(tx, actor, input.draftId)
    // Looked at again under its lock: what is committed at this moment keeps its entries.
    const draft = await tx.drafts.lock(input.draftId)
    if (draft === undefined) throw draftNotFound(input.draftId)
    checkOpen(draft)
    await tx.discards.addDraft(draft.id)
  })
}
