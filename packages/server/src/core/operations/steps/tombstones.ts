import { RegistryError } from '../../errors.ts'
import { MAX_ITEMS_PER_PAGE, MAX_NAMED_IN_ERROR } from '../../limits.ts'
import type { Alias, Slot } from '../../model/alias.ts'
import type { Collection, Membership } from '../../model/collection.ts'
import { formatTime } from '../../model/time.ts'
import type { Version } from '../../model/version.ts'
import type { ReadTx } from '../../registry.ts'

/** A version in its place: what every answer about a version is made of. */
export interface PlacedVersion {
  readonly collection: Collection
  readonly membership: Membership
  readonly version: Version
}

/**
 * The live version at an index. Throws `version_not_found` (with the range that exists),
 * `version_deleted` (with the tombstone) or, unless asked for, `version_quarantined` (with the
 * reason).
 */
export async function getPlaced(
  tx: ReadTx,
  collection: Collection,
  index: number,
  evenQuarantined = false,
): Promise<PlacedVersion> {
  const membership = await tx.memberships.find(collection.id, index)
  if (membership === undefined) throw versionNotFound(collection, `v${index}`)
  const version = await tx.versions.findById(membership.versionId)
  if (membership.deletedAt !== null || version === undefined || version.state === 'deleted')
    throw await versionDeleted(tx, collection, membership)
  if (version.state === 'quarantined' && !evenQuarantined)
    throw new RegistryError(
      'version_quarantined',
      `${collection.name}:v${index} is quarantined: ${version.stateReason ?? 'no reason given'}. ` +
        'Pull another version, or ask an administrator.',
      { collection: collection.name, version: `v${index}`, reason: version.stateReason },
    )
  return { collection, membership, version }
}

export function versionNotFound(collection: Collection, asked: string): RegistryError {
  const last = collection.nextIndex - 1
  const range = last < 0 ? 'It has no versions yet.' : `It has had v0 to v${last}.`
  return new RegistryError(
    'version_not_found',
    `Collection "${collection.name}" has no version ${asked}. ${range}`,
    {
      collection: collection.name,
      asked,
      first: last < 0 ? null : 0,
      last: last < 0 ? null : last,
    },
  )
}

/**
 * `alias_unknown` when it was never set, `alias_vacant` with its last bearer when it is empty now.
 */
export async function aliasEmpty(
  tx: ReadTx,
  collection: Collection,
  name: string,
  alias: Alias | undefined,
): Promise<RegistryError> {
  if (alias === undefined) {
    const first = await tx.aliases.listSet(collection.id, MAX_ITEMS_PER_PAGE)
    const set = first.slice(0, MAX_NAMED_IN_ERROR)
    return new RegistryError(
      'alias_unknown',
      `The alias "${name}" has never been set in "${collection.name}". ` +
        (set.length > 0 ? `Set there: ${set.join(', ')}.` : 'No alias is set there.'),
      { collection: collection.name, alias: name, aliases: set },
    )
  }
  const emptied = await tx.pointerLog.findByGeneration(collection.id, name, alias.generation)
  const last = emptied === undefined ? [] : bearersBefore(emptied.change)
  return new RegistryError(
    'alias_vacant',
    `The alias "${name}" of "${collection.name}" points to nothing now. ` +
      (last.length > 0 ? `It last pointed to ${last.map((index) => `v${index}`).join(', ')}.` : ''),
    {
      collection: collection.name,
      alias: name,
      generation: alias.generation,
      lastBearers: last.map((index) => `v${index}`),
      emptiedAt: emptied === undefined ? null : formatTime(emptied.time),
      emptiedBy: emptied?.actorName ?? null,
    },
  )
}

function bearersBefore(
  change:
    | { kind: 'slots'; from: readonly Slot[] }
    | { kind: 'members'; removed: readonly number[] },
): readonly number[] {
  return change.kind === 'slots' ? change.from.map((slot) => slot.index) : change.removed
}

export async function versionDeleted(
  tx: ReadTx,
  collection: Collection,
  membership: Membership,
): Promise<RegistryError> {
  const by =
    membership.deletedBy === null ? undefined : await tx.users.findById(membership.deletedBy)
  const at = membership.deletedAt === null ? null : formatTime(membership.deletedAt)
  return new RegistryError(
    'version_deleted',
    `${collection.name}:v${membership.index} was deleted${at === null ? '' : ` at ${at}`}` +
      `${by === undefined ? '' : ` by ${by.username}`}. Pull another version.`,
    {
      collection: collection.name,
      version: `v${membership.index}`,
      deletedAt: at,
      deletedBy: by?.username ?? null,
    },
  )
}
