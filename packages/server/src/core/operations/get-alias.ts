import type { Actor } from '../model/actor.ts'
import type { Alias } from '../model/alias.ts'
import type { CollectionRef } from '../model/collection.ts'
import type { Registry } from '../registry.ts'
import { getCollectionOf, type OwnedCollection } from './steps/collections.ts'
import { aliasEmpty } from './steps/tombstones.ts'

/**
 * One alias with its slots and generation. Throws `owner_not_found`, `collection_not_found`,
 * `alias_unknown`, `alias_vacant` (with its generation).
 */
export async function getAlias(
  registry: Registry,
  actor: Actor,
  input: { readonly collection: CollectionRef; readonly alias: string },
): Promise<OwnedCollection & { readonly alias: Alias }> {
  return registry.metadata.read(async (tx) => {
    const owned = await getCollectionOf(tx, actor, input.collection, 'read')
    const alias = await tx.aliases.find(owned.collection.id, input.alias)
    if (alias === undefined || alias.slotCount === 0)
      throw await aliasEmpty(tx, owned.collection, input.alias, alias)
    return { ...owned, alias }
  })
}
