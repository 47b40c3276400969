import { RegistryError } from '../errors.ts'
import type { Actor } from '../model/actor.ts'
import type { CollectionRef } from '../model/collection.ts'
import type { Selector } from '../model/ref.ts'
import type { Registry } from '../registry.ts'
import { resolveIn } from './resolve.ts'
import { checkReason } from './steps/change-alias.ts'
import { lockCollectionOf } from './steps/collections.ts'
import { recordFact } from './steps/facts.ts'
import { removeMembership } from './steps/remove-membership.ts'

/**
 * Takes a linked version out of a collection, with the aliases that it bears there. The version
 * itself stays where it was logged.
 *
 * Throws what `resolve` throws, `forbidden`, `alias_protected`, and `request_invalid` in a
 * collection where versions are committed.
 */
export function unlinkVersion(
  registry: Registry,
  actor: Actor,
  input: {
    readonly collection: CollectionRef
    readonly selector: Selector
    readonly reason?: string | null
  },
): Promise<void> {
  const reason = checkReason(input.reason)
  return registry.metadata.transaction(async (tx) => {
    const owned = await lockCollectionOf(tx, actor, input.collection, 'write')
    const { owner, collection } = owned
    if (collection.kind !== 'linked')
      throw new RegistryError(
        'request_invalid',
        `Versions of "${collection.name}" were logged there: delete them instead.`,
      )
    const placed = await resolveIn(tx, owner, collection, { selector: input.selector })
    const { membership } = placed
    const borne = await tx.aliases.listBorne([membership])
    const place = { owner, collection, membership, aliases: borne.map(({ alias }) => alias) }
    const change = { changeId: registry.newId(), reason }
    await removeMembership(registry, tx, actor, place, change)
    await recordFact(registry, tx, actor, {
      kind: 'version.unlinked',
      ownerId: owner.id,
      collectionId: collection.id,
      payload: { version: membership.versionId, index: membership.index },
    })
  })
}
