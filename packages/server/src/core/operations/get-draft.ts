import type { Actor } from '../model/actor.ts'
import type { Owner } from '../model/owner.ts'
import { checkPageSize, type Page, pageOf } from '../model/page.ts'
import type { Draft } from '../model/version.ts'
import type { Registry } from '../registry.ts'
import { readsAllOf } from '../rules/access.ts'
import { getOwnedDraft } from './steps/drafts.ts'
import { findMissingBlobs, type MissingBlob } from './steps/missing-blobs.ts'

export interface DraftView {
  readonly draft: Draft
  readonly owner: Owner
  /** Blobs that must be sent before it can be committed. */
  readonly missing: Page<MissingBlob, string>
}

/** A draft and a page of what it still lacks. Throws `draft_not_found`. */
export async function getDraft(
  registry: Registry,
  actor: Actor,
  input: { readonly draftId: string; readonly after?: string; readonly limit: number },
): Promise<DraftView> {
  checkPageSize(input.limit)
  const found = await registry.metadata.read((tx) => getOwnedDraft(tx, actor, input.draftId))
  const { draft, owner } = found
  if (draft.state !== 'open') return { ...found, missing: { items: [], next: null } }
  const scope = {
    versionId: draft.id,
    entityId: owner.entityId,
    isProven: !readsAllOf(actor, owner.entityId),
  }
  const page = { after: input.after ?? '', most: input.limit + 1 }
  const missing = await findMissingBlobs(registry, scope, page)
  return { ...found, missing: pageOf(missing, input.limit, (row) => row.digest) }
}
