import type { Actor } from '../../model/actor.ts'
import type { Version } from '../../model/version.ts'
import type { Registry, Tx } from '../../registry.ts'
import { recordFact } from './facts.ts'
import { type LockedPlace, type Removal, removeMembers } from './remove-members.ts'

/**
 * Ends versions in all their places, which are locked and may lose their aliases. Their entries
 * count no more: garbage collection removes them.
 */
export async function endVersions(
  registry: Registry,
  tx: Tx,
  actor: Actor,
  versions: readonly Version[],
  places: readonly LockedPlace[],
  removal: Removal,
): Promise<void> {
  await removeMembers(registry, tx, actor, places, removal)
  await tx.discards.add(versions.map((version) => version.id))
  for (const version of versions) {
    const time = registry.now()
    const { revision } = version
    await tx.versions.update({
      ...version,
      state: 'deleted',
      revision: revision + 1,
      updatedAt: time,
    })
    const source = places.find((place) => place.collection.id === version.sourceCollectionId)
    await recordFact(registry, tx, actor, {
      kind: 'version.deleted',
      ownerId: source?.owner.id ?? null,
      collectionId: version.sourceCollectionId,
      payload: { version: version.id, index: version.sourceIndex, digest: version.digest },
    })
  }
}
