import type { Actor } from '../model/actor.ts'
import type { Alias } from '../model/alias.ts'
import type { CollectionRef } from '../model/collection.ts'
import type { PointerEvent } from '../model/pointer-event.ts'
import type { Registry } from '../registry.ts'
import { getCollectionOf, type OwnedCollection } from './steps/collections.ts'
import { type Member, membersOf } from './steps/members.ts'
import { aliasEmpty } from './steps/tombstones.ts'

export interface PointerView extends OwnedCollection {
  readonly alias: Alias
  /** The log entry that made it what it is. */
  readonly event: PointerEvent
  /** The versions of its slots, by index. */
  readonly members: ReadonlyMap<number, Member>
}

/**
 * One alias, the versions it points to, and who moved it there: one snapshot.
 *
 * Throws `owner_not_found`, `collection_not_found`, `alias_unknown`, `alias_vacant` (with its
 * generation).
 */
export async function getPointer(
  registry: Registry,
  actor: Actor,
  input: { readonly collection: CollectionRef; readonly alias: string },
): Promise<PointerView> {
  return registry.metadata.read(async (tx) => {
    const { owner, collection } = await getCollectionOf(tx, actor, input.collection, 'read')
    const alias = await tx.aliases.find(collection.id, input.alias)
    if (alias === undefined || alias.slotCount === 0)
      throw await aliasEmpty(tx, collection, input.alias, alias)
    const { name, generation } = alias
    const event = await tx.pointerLog.findByGeneration(collection.id, name, generation)
    if (event === undefined) throw new Error(`no log entry for ${name}, generation ${generation}`)
    const indices = alias.slots.map((slot) => slot.index)
    const memberships = await tx.memberships.findMany(collection.id, indices)
    const members = await membersOf(tx, owner, collection, memberships)
    const byIndex = new Map(members.map((member) => [member.membership.index, member]))
    return { owner, collection, alias, event, members: byIndex }
  })
}
