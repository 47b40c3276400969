import type { Actor } from '../model/actor.ts'
import type { Alias } from '../model/alias.ts'
import type { CollectionRef } from '../model/collection.ts'
import type { Stage } from '../model/stage.ts'
import type { Registry } from '../registry.ts'
import { getCollectionOf, type OwnedCollection } from './steps/collections.ts'

export interface AliasList extends OwnedCollection {
  /** Every alias that was ever set, vacant ones too, in order of name. */
  readonly aliases: readonly Alias[]
  /** The declared stages, in order, whether ever set or not. */
  readonly stages: readonly Stage[]
}

/** The aliases and stages of a collection. Throws `owner_not_found`, `collection_not_found`. */
export async function listAliases(
  registry: Registry,
  actor: Actor,
  input: { readonly collection: CollectionRef },
): Promise<AliasList> {
  return registry.metadata.read(async (tx) => {
    const owned = await getCollectionOf(tx, actor, input.collection, 'read')
    return {
      ...owned,
      aliases: await tx.aliases.list(owned.collection.id),
      stages: await tx.owners.stages(owned.owner.id),
    }
  })
}
