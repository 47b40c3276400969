import { RegistryError } from '../../errors.ts'
import type { Actor } from '../../model/actor.ts'
import type { ReadTx } from '../../registry.ts'
import { isAllowed } from '../../rules/access.ts'

/** Throws `version_not_found` unless the version has a live place that the actor may see. */
export async function checkVisible(tx: ReadTx, actor: Actor, versionId: string): Promise<void> {
  const places = await tx.memberships.listByVersions([versionId])
  const collections = await tx.collections.findMany(places.map((place) => place.collectionId))
  const owners = await tx.owners.findMany(collections.map((collection) => collection.ownerId))
  if (!owners.some((owner) => isAllowed(actor, 'read', owner)))
    throw new RegistryError('version_not_found', 'There is no such version.')
}
