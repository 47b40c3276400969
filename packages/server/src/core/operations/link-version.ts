import { RegistryError } from '../errors.ts'
import type { Actor } from '../model/actor.ts'
import type { Collection, CollectionRef, Membership } from '../model/collection.ts'
import { LATEST } from '../model/names.ts'
import type { Owner } from '../model/owner.ts'
import type { Selector } from '../model/ref.ts'
import type { Version } from '../model/version.ts'
import type { Registry, Tx } from '../registry.ts'
import { resolveIn } from './resolve.ts'
import type { Committed } from './steps/adopt-version.ts'
import { changePointers } from './steps/change-pointers.ts'
import { checkSameType, findOrInsertCollection, getCollectionOf } from './steps/collections.ts'
import { recordFact } from './steps/facts.ts'
import { insertMember } from './steps/insert-member.ts'
import { ensureProject } from './steps/owners.ts'
import { planMove, planPointers, writePlan } from './steps/pointer-plan.ts'
import { getPlaced } from './steps/tombstones.ts'
import { checkWantedAliases } from './steps/version-attributes.ts'
import { checkVisible } from './steps/visible-version.ts'

export interface LinkVersionInput {
  /** The version, by its id or a place: linking a link links the source. */
  readonly versionId: string | PlaceRef
  readonly target: CollectionRef
  readonly aliases?: readonly string[]
}

/** A version by any of its places. */
export interface PlaceRef {
  readonly collection: CollectionRef
  readonly selector: Selector
}

/**
 * Gives a version a place in another collection: a pointer, no copy. A version that is there
 * already keeps its place. The aliases asked for move to it, and so does `latest` when the place is
 * new.
 *
 * Throws what `resolve` throws, `forbidden`, `name_invalid`, `type_mismatch`, `already_exists`
 * (versions are committed there), `alias_protected`, `alias_confusable`, `promotion_refused`.
 */
export async function linkVersion(
  registry: Registry,
  actor: Actor,
  input: LinkVersionInput,
): Promise<Committed> {
  const aliases = checkWantedAliases(input.aliases ?? [])
  return changePointers(registry, actor, async (tx) => {
    const source = await getSource(tx, actor, await idOf(tx, actor, input.versionId))
    const owner = await ensureProject(registry, tx, actor, input.target.owner, {
      collection: input.target.name,
    })
    const target = await lockBoth(registry, tx, actor, source.collection, owner, input.target.name)
    // Once more under the locks: a delete may have come between.
    const { version } = await getPlaced(tx, source.collection, source.version.sourceIndex)
    const there = await tx.memberships.findByVersion(target.id, version.id)
    const placed =
      there === undefined
        ? await insertLink(registry, tx, actor, owner, target, version)
        : { collection: target, membership: there }
    const plan = await planPointers(registry, tx, actor, { owner, ...placed }, null)
    for (const alias of aliases) await planMove(plan, alias, placed.membership.index, 'link')
    if (there === undefined) await planMove(plan, LATEST, placed.membership.index, 'link')
    await writePlan(plan)
    const { membership } = placed
    const created = there === undefined
    return { owner, collection: plan.collection, membership, version, created }
  })
}

async function idOf(tx: Tx, actor: Actor, version: string | PlaceRef): Promise<string> {
  if (typeof version === 'string') return version
  const { owner, collection } = await getCollectionOf(tx, actor, version.collection, 'read')
  const { selector } = version
  return (await resolveIn(tx, owner, collection, { selector })).version.id
}

async function getSource(
  tx: Tx,
  actor: Actor,
  versionId: string,
): Promise<{ readonly version: Version; readonly collection: Collection }> {
  const version = await tx.versions.findById(versionId)
  const places = version === undefined ? [] : await tx.memberships.listByVersions([versionId])
  const collections = await tx.collections.findMany(places.map((place) => place.collectionId))
  const collection = collections.find(({ id }) => id === version?.sourceCollectionId)
  if (version === undefined || collection === undefined)
    throw new RegistryError('version_not_found', 'There is no such version.')
  await checkVisible(tx, actor, versionId, 'download')
  return { version, collection }
}

/**
 * Both rows are locked in ascending id, so that a delete of the source waits or comes first. A
 * target that ended while we waited is made anew: its name is free again.
 */
async function lockBoth(
  registry: Registry,
  tx: Tx,
  actor: Actor,
  source: Collection,
  owner: Owner,
  name: string,
): Promise<Collection> {
  const { artifactType } = source
  for (;;) {
    const fields = { name, artifactType, kind: 'linked' } as const
    const target = await findOrInsertCollection(registry, tx, actor, owner, fields)
    if (target.id === source.id || target.kind !== 'linked')
      throw new RegistryError(
        'already_exists',
        `Versions are logged in "${name}" itself; nothing can be linked there. Use another name.`,
        { collection: name },
      )
    checkSameType(target, artifactType)
    let locked: Collection | undefined
    for (const id of [source.id, target.id].sort()) {
      const row = await tx.collections.lock(id)
      if (id === target.id) locked = row
    }
    if (locked !== undefined) return locked
  }
}

async function insertLink(
  registry: Registry,
  tx: Tx,
  actor: Actor,
  owner: Owner,
  target: Collection,
  version: Version,
): Promise<{ readonly collection: Collection; readonly membership: Membership }> {
  const placed = await insertMember(tx, actor, target, version, registry.now())
  const { index } = placed.membership
  await recordFact(registry, tx, actor, {
    kind: 'version.linked',
    ownerId: owner.id,
    collectionId: target.id,
    payload: { version: version.id, index, digest: version.digest },
  })
  return placed
}
