import type { Actor } from '../model/actor.ts'
import type { Owner } from '../model/owner.ts'
import type { Registry } from '../registry.ts'
import { isAllowed } from '../rules/access.ts'

/** Projects and registries by id; those that are gone or not the actor's to see are left out. */
export async function findOwners(
  registry: Registry,
  actor: Actor,
  input: { readonly ids: readonly number[] },
): Promise<ReadonlyMap<number, Owner>> {
  return registry.metadata.read(async (tx) => {
    const owners: Owner[] = []
    for (const { kind, entityName, name, id } of await tx.owners.findMany(input.ids)) {
      // By its name once more: what has ended is found by its id still.
      const owner = await tx.owners.find(kind, entityName, name)
      if (owner?.id === id && isAllowed(actor, 'read', owner)) owners.push(owner)
    }
    return new Map(owners.map((owner) => [owner.id, owner]))
  })
}
