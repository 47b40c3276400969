import type { Actor } from '../model/actor.ts'
import type { Registry } from '../registry.ts'
import { checkOpen, getOwnedDraft } from './steps/drafts.ts'

/** Gives a draft up; its bytes are left to garbage collection. Throws `draft_not_found`. */
export async function abandonDraft(
  registry: Registry,
  actor: Actor,
  input: { readonly draftId: string },
): Promise<void> {
  return registry.metadata.transaction(async (tx) => {
    const { draft } = await getOwnedDraft(tx, actor, input.draftId)
    checkOpen(draft)
    await tx.drafts.remove(draft.id)
  })
}
