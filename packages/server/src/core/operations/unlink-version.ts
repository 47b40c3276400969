import { RegistryError } from '../errors.ts'
import type { Actor } from '../model/actor.ts'
import type { CollectionRef } from '../model/collection.ts'
import type { Registry } from '../registry.ts'
import { checkReason } from './steps/change-alias.ts'
import { changePointers } from './steps/change-pointers.ts'
import { lockCollectionOf } from './steps/collections.ts'
import { recordFact } from './steps/facts.ts'
import { removeMembers } from './steps/remove-members.ts'
import { versionDeleted, versionNotFound } from './steps/tombstones.ts'

/**
 * Takes a linked version out of a collection, with the aliases that it bears there. The version
 * itself stays where it was logged.
 *
 * Throws `owner_not_found`, `forbidden`, `collection_not_found`, `version_not_found`,
 * `version_deleted`, `alias_protected`, and `request_invalid` where versions are committed.
 */
export async function unlinkVersion(
  registry: Registry,
  actor: Actor,
  input: {
    readonly collection: CollectionRef
    /** Membership index in the collection. */
    readonly index: number
    readonly reason?: string | null
  },
): Promise<void> {
  const reason = checkReason(input.reason)
  return changePointers(registry, actor, async (tx) => {
    const owned = await lockCollectionOf(tx, actor, input.collection, 'write')
    const { owner, collection } = owned
    if (collection.kind !== 'linked')
      throw new RegistryError(
        'request_invalid',
        `Versions of "${collection.name}" were logged there: delete them instead.`,
      )
    const membership = await tx.memberships.find(collection.id, input.index)
    if (membership === undefined) throw versionNotFound(collection, `v${input.index}`)
    if (membership.deletedAt !== null) throw await versionDeleted(tx, collection, membership)
    const borne = await tx.aliases.listBorne([membership])
    const place = { owner, collection, membership, aliases: borne.map(({ alias }) => alias) }
    const removal = { changeId: registry.newId(), reason }
    await removeMembers(registry, tx, actor, [place], removal)
    await recordFact(registry, tx, actor, {
      kind: 'version.unlinked',
      ownerId: owner.id,
      collectionId: collection.id,
      payload: { version: membership.versionId, index: membership.index },
    })
  })
}
