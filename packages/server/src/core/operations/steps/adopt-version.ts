import type { Actor } from '../../model/actor.ts'
import type { Collection, Membership } from '../../model/collection.ts'
import { LATEST } from '../../model/names.ts'
import type { Owner } from '../../model/owner.ts'
import type { Draft, Version } from '../../model/version.ts'
import type { Registry, Tx } from '../../registry.ts'
import { recordFact } from './facts.ts'
import { planMove, planPointers, writePlan } from './pointer-plan.ts'
import { putVersion } from './put-version.ts'
import { checkTags } from './version-attributes.ts'

/** A version in its place, and whether this call made it. */
export interface Committed {
  readonly owner: Owner
  readonly collection: Collection
  readonly membership: Membership
  readonly version: Version
  readonly created: boolean
}

/**
 * Takes a live version of equal content instead of making another: its metadata stays; the aliases,
 * tags, TTL and run output that the draft asked for are applied. The collection is locked by this
 * transaction. Undefined when the version is gone since it was found. Throws `too_large` when the
 * tags of both are too many.
 */
export async function adoptVersion(
  registry: Registry,
  tx: Tx,
  actor: Actor,
  owner: Owner,
  collection: Collection,
  membership: Membership,
  draft: Draft,
): Promise<Committed | undefined> {
  const live = await tx.memberships.find(collection.id, membership.index)
  const found = await tx.versions.findById(membership.versionId)
  if (live === undefined || live.deletedAt !== null || found?.state !== 'committed')
    return undefined
  const version = await withAttributes(registry, tx, actor, owner, found, draft)
  const after = await applyWishes(registry, tx, actor, owner, collection, live, draft)
  return { owner, collection: after, membership: live, version, created: false }
}

/** Moves the wanted aliases and `latest` to a membership and records the run's output. */
export async function applyWishes(
  registry: Registry,
  tx: Tx,
  actor: Actor,
  owner: Owner,
  collection: Collection,
  membership: Membership,
  draft: Draft,
): Promise<Collection> {
  const plan = await planPointers(registry, tx, actor, { owner, collection }, null)
  for (const alias of draft.aliases) await planMove(plan, alias, membership.index, 'commit')
  await planMove(plan, LATEST, membership.index, 'commit')
  await writePlan(plan)
  if (draft.runId !== null)
    await tx.lineage.record({
      runId: draft.runId,
      versionId: membership.versionId,
      direction: 'output',
      usedAs: null,
      time: registry.now(),
    })
  return plan.collection
}

async function withAttributes(
  registry: Registry,
  tx: Tx,
  actor: Actor,
  owner: Owner,
  version: Version,
  draft: Draft,
): Promise<Version> {
  const tags = checkTags([...version.tags, ...draft.tags])
  const ttlSeconds = draft.ttlSeconds ?? version.ttlSeconds
  if (tags.length === version.tags.length && ttlSeconds === version.ttlSeconds) return version
  const changed = {
    ...version,
    tags,
    ttlSeconds,
    revision: version.revision + 1,
    updatedAt: registry.now(),
  }
  await putVersion(tx, changed)
  await recordFact(registry, tx, actor, {
    kind: 'version.changed',
    ownerId: owner.id,
    collectionId: version.sourceCollectionId,
    payload: { version: version.id, index: version.sourceIndex, revision: changed.revision },
  })
  return changed
}
