import type { Actor } from '../model/actor.ts'
import type { CollectionRef } from '../model/collection.ts'
import type { Registry } from '../registry.ts'
import { checkReason } from './steps/change-alias.ts'
import { changePointers } from './steps/change-pointers.ts'
import { lockCollectionOf } from './steps/collections.ts'
import { endCollection } from './steps/end-collection.ts'

/**
 * Deletes a collection: one where versions were logged with all its versions, wherever they are
 * linked; one of links with its links only. The name may be taken again; its numbering goes on.
 *
 * Throws `owner_not_found`, `forbidden`, `collection_not_found`, `version_in_use`,
 * `alias_protected`, `too_large` (more versions than one call deletes).
 */
export async function deleteCollection(
  registry: Registry,
  actor: Actor,
  input: {
    readonly collection: CollectionRef
    readonly dropAliases: boolean
    readonly reason?: string | null
  },
): Promise<void> {
  const reason = checkReason(input.reason)
  return changePointers(registry, actor, async (tx) => {
    const owned = await lockCollectionOf(tx, actor, input.collection, 'write')
    const change = { changeId: registry.newId(), reason, dropAliases: input.dropAliases }
    await endCollection(registry, tx, actor, owned, change)
  })
}
