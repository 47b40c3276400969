import { RegistryError } from '../../errors.ts'
import { MAX_NAMED_IN_ERROR } from '../../limits.ts'
import type { Actor } from '../../model/actor.ts'
import type { Membership } from '../../model/collection.ts'
import { LATEST } from '../../model/names.ts'
import { describeOwner } from '../../model/owner.ts'
import type { Registry, Tx } from '../../registry.ts'
import { isAllowed } from '../../rules/access.ts'
import type { OwnedCollection } from './collections.ts'
import { planMove, planPointers, planRemove, writePlan } from './pointer-plan.ts'

/** A version's place whose collection is locked, with the aliases that it bears there. */
export interface LockedPlace extends OwnedCollection {
  readonly membership: Membership
  readonly aliases: readonly string[]
}

/** Locks every collection that has the version, in ascending id, and reads its live places. */
export async function lockPlaces(tx: Tx, versionId: string): Promise<readonly LockedPlace[]> {
  const before = await tx.memberships.listByVersions([versionId])
  const ids = [...new Set(before.map((member) => member.collectionId))].sort()
  for (const id of ids) await tx.collections.lock(id)
  const places: LockedPlace[] = []
  const members = await tx.memberships.listByVersions([versionId])
  const borne = await tx.aliases.listBorne(members)
  for (const membership of members) {
    const collection = await tx.collections.findById(membership.collectionId)
    const owner =
      collection === undefined ? undefined : await tx.owners.findById(collection.ownerId)
    if (collection === undefined || owner === undefined) continue
    const aliases = borne
      .filter((bearing) => bearing.collectionId === collection.id)
      .filter((bearing) => bearing.index === membership.index)
      .map((bearing) => bearing.alias)
    places.push({ owner, collection, membership, aliases })
  }
  return places
}

/**
 * Throws `version_in_use` while any alias but `latest` points to one of the places, naming those that
 * the actor may see and counting the others. Told to drop them, it still needs the right to do so
 * where each one lives.
 */
export function checkUnused(
  actor: Actor,
  places: readonly LockedPlace[],
  dropAliases: boolean,
): void {
  const holders = places.flatMap((place) =>
    place.aliases.filter((alias) => alias !== LATEST).map((alias) => ({ place, alias })),
  )
  const inTheWay = holders.filter(
    ({ place }) => !dropAliases || !isAllowed(actor, 'write', place.owner),
  )
  if (inTheWay.length === 0) return
  const seen = inTheWay.filter(({ place }) => isAllowed(actor, 'read', place.owner))
  const named = seen
    .slice(0, MAX_NAMED_IN_ERROR)
    .map(({ place, alias }) => `${describeOwner(place.owner)}/${place.collection.name}:${alias}`)
  const hidden = inTheWay.length - seen.length
  throw new RegistryError(
    'version_in_use',
    `The version is in use: ${[...named, ...(hidden > 0 ? [`${hidden} more that you may not see`] : [])].join(', ')}. ` +
      'Move these aliases elsewhere first, or ask to drop them.',
    { holders: named, hidden },
  )
}

/**
 * Takes a version out of one locked collection: its aliases go (a protected one refuses), `latest`
 * moves to the newest that is left, the number stays taken.
 */
export async function removeMembership(
  registry: Registry,
  tx: Tx,
  actor: Actor,
  place: LockedPlace,
  change: { readonly changeId: string; readonly reason: string | null },
): Promise<void> {
  const { membership, collection } = place
  await tx.memberships.end(membership, actor.userId, registry.now())
  const plan = await planPointers(registry, tx, actor, place, change.reason, change.changeId)
  for (const alias of place.aliases) {
    const heir = alias === LATEST ? await tx.memberships.findNewest(collection.id) : undefined
    if (heir === undefined) await planRemove(plan, alias, membership.index, 'delete')
    else await planMove(plan, alias, heir.index, 'delete')
  }
  await writePlan(plan)
}
