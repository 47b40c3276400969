import { MAX_SLOTS_PER_ALIAS } from '../limits.ts'
import type { Actor } from '../model/actor.ts'
import type { Standing } from '../model/alias.ts'
import type { CollectionRef } from '../model/collection.ts'
import type { Stage } from '../model/stage.ts'
import type { Micros } from '../model/time.ts'
import type { Registry } from '../registry.ts'
import { getCollectionOf, type OwnedCollection } from './steps/collections.ts'
import { slotsAt } from './steps/past-slots.ts'

export interface StandingsAt extends OwnedCollection {
  /** In order of name; what was not set by then is left out. */
  readonly standings: readonly Standing[]
  /** Those that are declared now, in order. */
  readonly stages: readonly Stage[]
}

/**
 * Who bore each alias of a collection at an instant, and who had moved it there, however long ago
 * that was. Throws `owner_not_found`, `collection_not_found`.
 */
export async function listStandingsAt(
  registry: Registry,
  actor: Actor,
  input: { readonly collection: CollectionRef; readonly at: Micros },
): Promise<StandingsAt> {
  return registry.metadata.read(async (tx) => {
    const owned = await getCollectionOf(tx, actor, input.collection, 'read')
    const collectionId = owned.collection.id
    const standings: Standing[] = []
    for (const { name } of await tx.aliases.list(collectionId)) {
      const lastMove = await tx.pointerLog.findAt(collectionId, name, input.at)
      if (lastMove === undefined) continue
      const slots = await slotsAt(tx, lastMove)
      standings.push({
        collectionId,
        name,
        generation: lastMove.generation,
        slots: slots.slice(0, MAX_SLOTS_PER_ALIAS),
        slotCount: slots.length,
        lastMove,
      })
    }
    return { ...owned, standings, stages: await tx.owners.stages(owned.owner.id) }
  })
}
