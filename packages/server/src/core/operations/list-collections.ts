import type { Actor } from '../model/actor.ts'
import type { Collection } from '../model/collection.ts'
import type { Owner, OwnerRef } from '../model/owner.ts'
import { checkPageSize, type Page, pageOf } from '../model/page.ts'
import type { Registry } from '../registry.ts'
import { getOwner } from './steps/owners.ts'

/** An owner's collections in order of name. Throws `owner_not_found`, `request_invalid`. */
export async function listCollections(
  registry: Registry,
  actor: Actor,
  input: {
    readonly owner: OwnerRef
    readonly artifactType?: string | null
    /** Names above this one. */
    readonly after: string
    readonly limit: number
  },
): Promise<{ readonly owner: Owner; readonly page: Page<Collection, string> }> {
  checkPageSize(input.limit)
  return registry.metadata.read(async (tx) => {
    const owner = await getOwner(tx, actor, input.owner, 'read')
    const rows = await tx.collections.list({
      ownerId: owner.id,
      artifactType: input.artifactType ?? null,
      after: input.after,
      limit: input.limit + 1,
    })
    return { owner, page: pageOf(rows, input.limit, (collection) => collection.name) }
  })
}
