import type { Actor } from '../model/actor.ts'
import type { ManifestEntry } from '../model/manifest.ts'
import type { Registry } from '../registry.ts'
import { checkOpen, getOwnedDraft } from './steps/drafts.ts'
import { stageEntries } from './steps/stage-entries.ts'

/**
 * Adds entries to a draft; an entry of a path that is there is replaced.
 *
 * Throws `draft_not_found`, `name_invalid`, `manifest_invalid`, `too_large`.
 */
export async function putDraftEntries(
  registry: Registry,
  actor: Actor,
  input: { readonly draftId: string; readonly entries: readonly ManifestEntry[] },
): Promise<void> {
  const { draft, owner } = await registry.metadata.read((tx) =>
    getOwnedDraft(tx, actor, input.draftId),
  )
  checkOpen(draft)
  await stageEntries(registry, actor, owner, draft.id, input.entries)
}
