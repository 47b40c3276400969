import { RegistryError } from '../errors.ts'
import type { Actor } from '../model/actor.ts'
import type { CollectionRef } from '../model/collection.ts'
import { describedEdition } from '../model/edition.ts'
import { checkCollectionName } from '../model/names.ts'
import type { Registry } from '../registry.ts'
import { lockCollectionOf, type OwnedCollection } from './steps/collections.ts'
import { checkEdition } from './steps/editions.ts'
import { recordFact } from './steps/facts.ts'
import { checkDescription } from './steps/version-attributes.ts'

/**
 * Renames a collection, or describes it anew. Its numbers, aliases and history stay; numbers that
 * were given under either name are not given again.
 *
 * Throws `owner_not_found`, `forbidden`, `collection_not_found`, `name_invalid`, `already_exists`,
 * `too_large`, `generation_mismatch`.
 */
export async function changeCollection(
  registry: Registry,
  actor: Actor,
  input: {
    readonly collection: CollectionRef
    readonly name?: string
    readonly description?: string | null
    /** Of name and description, as `describedEdition` gives it. */
    readonly expectEdition?: string | null
  },
): Promise<OwnedCollection> {
  const description =
    input.description === undefined ? undefined : checkDescription(input.description)
  if (input.name !== undefined) checkCollectionName(input.name)
  return registry.metadata.transaction(async (tx) => {
    const { owner, collection } = await lockCollectionOf(tx, actor, input.collection, 'write')
    checkEdition(input.expectEdition, describedEdition(collection), {
      name: collection.name,
      description: collection.description,
    })
    const name = input.name ?? collection.name
    const renamed = name !== collection.name
    if (renamed && (await tx.collections.find(owner.id, name)) !== undefined)
      throw new RegistryError('already_exists', `There is a collection "${name}" already.`, {
        collection: name,
      })
    const nextIndex = renamed
      ? Math.max(collection.nextIndex, await tx.collections.firstFreeIndex(owner.id, name))
      : collection.nextIndex
    const changed = {
      ...collection,
      name,
      nextIndex,
      description: description === undefined ? collection.description : description,
      updatedAt: registry.now(),
    }
    if (renamed) await tx.collections.keepCounter(collection)
    await tx.collections.update(changed)
    await recordFact(registry, tx, actor, {
      kind: 'collection.changed',
      ownerId: owner.id,
      collectionId: collection.id,
      payload: { from: collection.name, name, description: changed.description },
    })
    return { owner, collection: changed }
  })
}
