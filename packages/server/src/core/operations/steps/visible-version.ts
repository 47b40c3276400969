import { RegistryError } from '../../errors.ts'
import type { Actor } from '../../model/actor.ts'
import type { ReadTx } from '../../registry.ts'
import { type Action, isAllowed } from '../../rules/access.ts'
import { forbidden } from './owners.ts'

/**
 * Throws `version_not_found` unless the version has a live place that the actor may see, and
 * `forbidden` unless they may do this at one of them.
 */
export async function checkVisible(
  tx: ReadTx,
  actor: Actor,
  versionId: string,
  action: Action = 'read',
): Promise<void> {
  const may = await rightsAt(tx, actor, versionId)
  if (!may('read')) throw new RegistryError('version_not_found', 'There is no such version.')
  if (!may(action)) throw forbidden(action, 'this version')
}

/** Whether the version has a live place at which the actor may do this. */
export async function isVisible(
  tx: ReadTx,
  actor: Actor,
  versionId: string,
  action: Action,
): Promise<boolean> {
  return (await rightsAt(tx, actor, versionId))(action)
}

async function rightsAt(
  tx: ReadTx,
  actor: Actor,
  versionId: string,
): Promise<(action: Action) => boolean> {
  const places = await tx.memberships.listByVersions([versionId])
  const collections = await tx.collections.findMany(places.map((place) => place.collectionId))
  const owners = await tx.owners.findMany(collections.map((collection) => collection.ownerId))
  return (action) =>
    collections.some(({ ownerId, name }) => {
      const owner = owners.find(({ id }) => id === ownerId)
      return owner !== undefined && isAllowed(actor, action, owner, { collection: name })
    })
}
