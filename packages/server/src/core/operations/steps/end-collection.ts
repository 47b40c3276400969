import { RegistryError } from '../../errors.ts'
import { MAX_VERSIONS_PER_DELETE } from '../../limits.ts'
import type { Actor } from '../../model/actor.ts'
import type { Registry, Tx } from '../../registry.ts'
import type { OwnedCollection } from './collections.ts'
import { endVersions } from './end-versions.ts'
import { recordFact } from './facts.ts'
import { checkUnused, lockPlaces, type Removal, removeMembers } from './remove-members.ts'

/**
 * Ends a collection with what it holds, and gives how many versions that were. Its name is free
 * again, its counter stays.
 */
export async function endCollection(
  registry: Registry,
  tx: Tx,
  actor: Actor,
  owned: OwnedCollection,
  removal: Removal & { readonly dropAliases: boolean },
): Promise<number> {
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
  const versionIds = members.map((member) => member.versionId)
  const places = await lockPlaces(tx, versionIds)
  const linked = collection.kind === 'linked'
  const ending = linked ? places.filter((place) => place.collection.id === collection.id) : places
  checkUnused(actor, ending, removal.dropAliases)
  if (linked) await removeMembers(registry, tx, actor, ending, removal)
  else {
    const versions = await tx.versions.findMany(versionIds)
    await endVersions(registry, tx, actor, versions, ending, removal)
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
  return members.length
}
