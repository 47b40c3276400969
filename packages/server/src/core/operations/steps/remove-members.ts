import { RegistryError } from '../../errors.ts'
import { MAX_NAMED_IN_ERROR } from '../../limits.ts'
import type { Actor } from '../../model/actor.ts'
import type { Membership } from '../../model/collection.ts'
import { LATEST } from '../../model/names.ts'
import { describeOwner } from '../../model/owner.ts'
import type { Registry, Tx } from '../../registry.ts'
import { isAllowed, type Within } from '../../rules/access.ts'
import type { OwnedCollection } from './collections.ts'
import { planMove, planPointers, planRemove, writePlan } from './pointer-plan.ts'

/** A version's place whose collection is locked, with the aliases that it bears there. */
export interface LockedPlace extends OwnedCollection {
  readonly membership: Membership
  readonly aliases: readonly string[]
}

/** What one call does to several collections. */
export interface Removal {
  readonly changeId: string
  readonly reason: string | null
  /** `delete` unless it is said. */
  readonly cause?: 'delete' | 'expiry'
}

/**
 * Locks every collection that has one of the versions, in ascending id, and reads their places. A
 * link that was made while we waited is seen then: it needed the lock of the source collection, so
 * that once we hold that, no more can come.
 */
export async function lockPlaces(
  tx: Tx,
  versionIds: readonly string[],
): Promise<readonly LockedPlace[]> {
  const ids = new Set<string>()
  let members: readonly Membership[] = []
  for (let grown = true; grown; ) {
    members = await tx.memberships.listByVersions(versionIds)
    const fresh = [...new Set(members.map((member) => member.collectionId))]
      .filter((id) => !ids.has(id))
      .sort()
    for (const id of fresh) {
      await tx.collections.lock(id)
      ids.add(id)
    }
    grown = fresh.length > 0
  }
  const collections = await tx.collections.findMany([...ids])
  const owners = await tx.owners.findMany(collections.map((collection) => collection.ownerId))
  const borne = await tx.aliases.listBorne(members)
  return members.flatMap((membership) => {
    const collection = collections.find(({ id }) => id === membership.collectionId)
    const owner = owners.find(({ id }) => id === collection?.ownerId)
    if (collection === undefined || owner === undefined) return []
    const aliases = borne
      .filter((bearing) => bearing.collectionId === collection.id)
      .filter((bearing) => bearing.index === membership.index)
      .map((bearing) => bearing.alias)
    return [{ owner, collection, membership, aliases }]
  })
}

/**
 * Throws `version_in_use` while any alias but `latest` points to one of the places, naming those
 * that the actor may see and counting the others. Told to drop them, it still needs the right to do
 * so where each one lives.
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
    ({ place }) => !dropAliases || !isAllowed(actor, 'write', place.owner, within(place)),
  )
  if (inTheWay.length === 0) return
  const seen = inTheWay.filter(({ place }) => isAllowed(actor, 'read', place.owner, within(place)))
  const named = seen
    .slice(0, MAX_NAMED_IN_ERROR)
    .map(({ place, alias }) => `${describeOwner(place.owner)}/${place.collection.name}:${alias}`)
  const hidden = inTheWay.length - seen.length
  const all = hidden > 0 ? [...named, `${hidden} more that you may not see`] : named
  throw new RegistryError(
    'version_in_use',
    `The version is in use: ${all.join(', ')}. ` +
      'Move these aliases elsewhere first, or ask to drop them.',
    { holders: named, hidden },
  )
}

function within({ collection }: LockedPlace): Within {
  return { collection: collection.name }
}

/**
 * Takes members out of their locked collections: their aliases go (a protected one refuses),
 * `latest` moves to the newest that is left, the numbers stay taken. One plan a collection.
 */
export async function removeMembers(
  registry: Registry,
  tx: Tx,
  actor: Actor,
  places: readonly LockedPlace[],
  removal: Removal,
): Promise<void> {
  for (const { membership } of places) {
    await tx.memberships.end(membership, actor.userId, registry.now())
    await tx.fields.replace(membership.collectionId, membership.index, [])
  }
  for (const [, members] of Map.groupBy(places, (place) => place.collection.id)) {
    const [first] = members
    if (first === undefined) continue
    const { reason, changeId, cause = 'delete' } = removal
    const plan = await planPointers(registry, tx, actor, first, reason, changeId)
    for (const { membership, aliases } of members)
      for (const alias of aliases)
        if (alias !== LATEST) await planRemove(plan, alias, membership.index, cause)
    const latest = members.find(({ aliases }) => aliases.includes(LATEST))
    const heir = latest && (await tx.memberships.findNewest(first.collection.id))
    if (heir !== undefined) await planMove(plan, LATEST, heir.index, cause)
    else if (latest !== undefined) await planRemove(plan, LATEST, latest.membership.index, cause)
    await writePlan(plan)
  }
}
