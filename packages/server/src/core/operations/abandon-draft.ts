import type { Actor } from '../model/actor.ts'
import type { Registry } from '../registry.ts'
import { checkOpen, getOwnedDraft } from './steps/drafts.ts'

/** Gives a draft up; its content is left to garbage collection. Throws `draft_not_found`. */
export async function abandonDraft(
  registry: Registry,
  actor: Actor,
  input: { readonly draftId: string },
): Promise<void> {
  return registry.metadata.transaction(async (tx) => {
    const { draft } = await getOwnedDraft(tx, actor, input.draftId)
    checkOpen(draft)
    await tx.discards.addDraft(draft.id)
  })
}
