import type { Actor } from '../model/actor.ts'
import type { CollectionRef } from '../model/collection.ts'
import { checkPageSize, type Page, pageOf } from '../model/page.ts'
import type { Registry } from '../registry.ts'
import { getCollectionOf, type OwnedCollection } from './steps/collections.ts'
import { type Member, membersOf } from './steps/members.ts'

export type { Member } from './steps/members.ts'

export interface VersionsPage extends OwnedCollection {
  /** Newest first; the key of the next page is an index. */
  readonly page: Page<Member, number>
  /** Live members of the collection. */
  readonly count: number
}

/**
 * A collection's live versions. Throws `owner_not_found`, `collection_not_found`,
 * `request_invalid`.
 */
export async function listVersions(
  registry: Registry,
  actor: Actor,
  input: {
    readonly collection: CollectionRef
    /** Indices below this one; null: from the newest. */
    readonly before: number | null
    readonly limit: number
  },
): Promise<VersionsPage> {
  checkPageSize(input.limit)
  return registry.metadata.read(async (tx) => {
    const owned = await getCollectionOf(tx, actor, input.collection, 'read')
    const { owner, collection } = owned
    const { before, limit } = input
    const rows = await tx.memberships.list({
      collectionId: collection.id,
      before,
      limit: limit + 1,
    })
    const { items, next } = pageOf(rows, limit, (member) => member.index)
    const members = await membersOf(tx, owner, collection, items)
    const count = await tx.memberships.count(collection.id)
    return { ...owned, page: { items: members, next }, count }
  })
}
