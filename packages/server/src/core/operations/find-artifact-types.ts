import { RegistryError } from '../errors.ts'
import { MAX_ITEMS_PER_PAGE } from '../limits.ts'
import type { Actor } from '../model/actor.ts'
import type { Registry } from '../registry.ts'
import { isAllowed } from '../rules/access.ts'

/**
 * The artifact types that the collections of owners have, or that these declare, in order of name.
 * Owners that are not the actor's to see are left out. Throws `too_large`.
 */
export async function findArtifactTypes(
  registry: Registry,
  actor: Actor,
  input: { readonly ownerIds: readonly number[] },
): Promise<ReadonlyMap<number, readonly string[]>> {
  if (input.ownerIds.length > MAX_ITEMS_PER_PAGE)
    throw new RegistryError('too_large', `One call names at most ${MAX_ITEMS_PER_PAGE} owners.`)
  return registry.metadata.read(async (tx) => {
    const types = new Map<number, readonly string[]>()
    for (const owner of await tx.owners.findMany(input.ownerIds)) {
      if (!isAllowed(actor, 'read', owner)) continue
      const used = await tx.collections.artifactTypes(owner.id)
      types.set(owner.id, [...new Set([...used, ...owner.artifactTypes])].sort())
    }
    return types
  })
}
