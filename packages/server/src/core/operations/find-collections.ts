import type { Actor } from '../model/actor.ts'
import type { Registry } from '../registry.ts'
import { isAllowed } from '../rules/access.ts'
import type { OwnedCollection } from './steps/collections.ts'

/** Collections by id. What is not there or not the actor's to see is left out. */
export function findCollections(
  registry: Registry,
  actor: Actor,
  input: { readonly ids: readonly string[] },
): Promise<ReadonlyMap<string, OwnedCollection>> {
  return registry.metadata.read(async (tx) => {
    const collections = await tx.collections.findMany(input.ids)
    const owners = await tx.owners.findMany(collections.map((collection) => collection.ownerId))
    const ownerOf = new Map(owners.map((owner) => [owner.id, owner]))
    return new Map(
      collections.flatMap((collection) => {
        const owner = ownerOf.get(collection.ownerId)
        const visible =
          owner !== undefined && isAllowed(actor, 'read', owner, { collection: collection.name })
        return visible ? [[collection.id, { owner, collection }] as const] : []
      }),
    )
  })
}
