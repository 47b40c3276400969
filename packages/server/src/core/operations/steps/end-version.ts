import type { Actor } from '../../model/actor.ts'
import type { Version } from '../../model/version.ts'
import type { Registry, Tx } from '../../registry.ts'
import { recordFact } from './facts.ts'
import { type LockedPlace, removeMembership } from './remove-membership.ts'

/** Ends a version in all its places, which are locked and may lose their aliases. */
export async function endVersion(
  registry: Registry,
  tx: Tx,
  actor: Actor,
  version: Version,
  places: readonly LockedPlace[],
  change: { readonly changeId: string; readonly reason: string | null },
): Promise<void> {
  for (const place of places) await removeMembership(registry, tx, actor, place, change)
  await tx.versions.update({
    ...version,
    state: 'deleted',
    revision: version.revision + 1,
    updatedAt: registry.now(),
  })
  const source = places.find((place) => place.collection.id === version.sourceCollectionId)
  await recordFact(registry, tx, actor, {
    kind: 'version.deleted',
    ownerId: source?.owner.id ?? null,
    collectionId: version.sourceCollectionId,
    payload: { version: version.id, index: version.sourceIndex, digest: version.digest },
  })
}
