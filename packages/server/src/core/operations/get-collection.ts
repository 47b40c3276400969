import type { Actor } from '../model/actor.ts'
import type { CollectionRef } from '../model/collection.ts'
import type { Registry } from '../registry.ts'
import { getCollectionOf, type OwnedCollection } from './steps/collections.ts'

export type { OwnedCollection } from './steps/collections.ts'

/** Throws `owner_not_found`, `collection_not_found` (with near names). */
export async function getCollection(
  registry: Registry,
  actor: Actor,
  input: { readonly collection: CollectionRef },
): Promise<OwnedCollection> {
  return registry.metadata.read((tx) => getCollectionOf(tx, actor, input.collection, 'read'))
}
