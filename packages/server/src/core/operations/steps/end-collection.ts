import { RegistryError } from '../../errors.ts'
import { MAX_VERSIONS_PER_DELETE } from '../../limits.ts'
import type { Actor } from '../../model/actor.ts'
import type { Registry, Tx } from '../../registry.ts'
import type { OwnedCollection } from './collections.ts'
import { endVersion } from './end-version.ts'
import { recordFact } from './facts.ts'
import { checkUnused, lockPlaces, removeMembership } from './remove-membership.ts'

/** Ends a collection with what it holds. Its name is free again, its counter stays. */
export async function endCollection(
  registry: Registry,
  tx: Tx,
  actor: Actor,
  owned: OwnedCollection,
  change: {
    readonly changeId: string
    readonly reason: string | null
    readonly dropAliases: boolean
  },
): Promise<void> {
  const { owner, collection } = owned
  const members = await tx.memberships.list({
    collectionId: collection.id,
    before: null,
    limit: MAX_VERSIONS_PER_DELETE + 1,
  })
  if (members.length > MAX_VERSIONS_PER_DELETE)
    throw new RegistryError(
      'too_large',
      `"${collection.name}" holds more than ${MAX_VERSIONS_PER_DELETE} versions, more than one ` +
        'call deletes. Delete versions first.',
    )
  for (const member of members) {
    const places = await lockPlaces(tx, member.versionId)
    const here = places.filter((place) => place.collection.id === collection.id)
    const ending = collection.kind === 'source' ? places : here
    checkUnused(actor, ending, change.dropAliases)
    const version = await tx.versions.findById(member.versionId)
    if (collection.kind === 'source' && version !== undefined)
      await endVersion(registry, tx, actor, version, ending, change)
    else for (const place of here) await removeMembership(registry, tx, actor, place, change)
  }
  const last = (await tx.collections.findById(collection.id)) ?? collection
  await tx.collections.keepCounter(last)
  await tx.collections.end(last, registry.now())
  await recordFact(registry, tx, actor, {
    kind: 'collection.deleted',
    ownerId: owner.id,
    collectionId: collection.id,
    payload: { name: collection.name, versions: members.length },
  })
}
