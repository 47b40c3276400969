import { MAX_ITEMS_PER_PAGE } from '../limits.ts'
import type { Actor } from '../model/actor.ts'
import type { CollectionRef, Membership } from '../model/collection.ts'
import type { Registry } from '../registry.ts'
import { getCollectionOf } from './steps/collections.ts'
import { type Member, membersOf } from './steps/members.ts'

export type { Member } from './steps/members.ts'

/**
 * The versions at these indices of a collection, deleted and quarantined ones too: what a pointer
 * names can be described whatever became of it. Indices that were never given are left out.
 *
 * Throws `owner_not_found`, `collection_not_found`.
 */
export async function findMembers(
  registry: Registry,
  actor: Actor,
  input: { readonly collection: CollectionRef; readonly indices: readonly number[] },
): Promise<ReadonlyMap<number, Member>> {
  const indices = [...new Set(input.indices)]
  return registry.metadata.read(async (tx) => {
    const { owner, collection } = await getCollectionOf(tx, actor, input.collection, 'read')
    const members: Member[] = []
    for (let from = 0; from < indices.length; from += MAX_ITEMS_PER_PAGE) {
      const part = indices.slice(from, from + MAX_ITEMS_PER_PAGE)
      const memberships: readonly Membership[] = await tx.memberships.findMany(collection.id, part)
      members.push(...(await membersOf(tx, owner, collection, memberships)))
    }
    return new Map(members.map((member) => [member.membership.index, member]))
  })
}
