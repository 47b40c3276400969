import { RegistryError } from '../errors.ts'
import type { Actor } from '../model/actor.ts'
import type { CollectionRef } from '../model/collection.ts'
import type { Registry } from '../registry.ts'
import { insertCollection, type OwnedCollection } from './steps/collections.ts'
import { ensureProject } from './steps/owners.ts'
import { checkDescription } from './steps/version-attributes.ts'

/**
 * Makes an empty collection; a project that is not there is made with it. A registry's collections
 * hold links, a project's hold versions.
 *
 * Throws `owner_not_found`, `forbidden`, `name_invalid`, `already_exists`, `too_large`.
 */
export async function createCollection(
  registry: Registry,
  actor: Actor,
  input: {
    readonly collection: CollectionRef
    readonly artifactType: string
    readonly description?: string | null
  },
): Promise<OwnedCollection> {
  const description = checkDescription(input.description ?? null)
  return registry.metadata.transaction(async (tx) => {
    const owner = await ensureProject(registry, tx, actor, input.collection.owner, {
      collection: input.collection.name,
    })
    const { name } = input.collection
    if ((await tx.collections.find(owner.id, name)) !== undefined)
      throw new RegistryError('already_exists', `There is a collection "${name}" already.`, {
        collection: name,
      })
    const collection = await insertCollection(registry, tx, actor, owner, {
      name,
      artifactType: input.artifactType,
      kind: owner.kind === 'registry' ? 'linked' : 'source',
      description,
    })
    return { owner, collection }
  })
}
