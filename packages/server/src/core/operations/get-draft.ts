import type { Actor } from '../model/actor.ts'
import type { ContentDigest } from '../model/digest.ts'
import type { Owner } from '../model/owner.ts'
import { checkPageSize, type Page, pageOf } from '../model/page.ts'
import type { Draft } from '../model/version.ts'
import type { Registry } from '../registry.ts'
import { readsAllOf } from '../rules/access.ts'
import { getOwnedDraft } from './steps/drafts.ts'

export interface DraftView {
  readonly draft: Draft
  readonly owner: Owner
  /** Blobs that must be sent before it can be committed. */
  readonly missing: Page<{ readonly digest: ContentDigest; readonly size: number }, string>
}

/** A draft and a page of what it still lacks. Throws `draft_not_found`. */
export async function getDraft(
  registry: Registry,
  actor: Actor,
  input: { readonly draftId: string; readonly after?: string; readonly limit: number },
): Promise<DraftView> {
  checkPageSize(input.limit)
  return registry.metadata.read(async (tx) => {
    const { draft, owner } = await getOwnedDraft(tx, actor, input.draftId)
    if (draft.state !== 'open') return { draft, owner, missing: { items: [], next: null } }
    const rows = await tx.manifests.missingBlobs({
      versionId: draft.id,
      entityId: owner.entityId,
      isProven: !readsAllOf(actor, owner.entityId),
      after: input.after ?? '',
      limit: input.limit + 1,
    })
    return { draft, owner, missing: pageOf(rows, input.limit, (row) => row.digest) }
  })
}
