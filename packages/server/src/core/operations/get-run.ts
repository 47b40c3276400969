import { MAX_ITEMS_PER_PAGE } from '../limits.ts'
import type { Actor } from '../model/actor.ts'
import type { Collection } from '../model/collection.ts'
import type { Owner } from '../model/owner.ts'
import { asSeenAt, type LineageDirection, type RunTexts } from '../model/run.ts'
import type { Version } from '../model/version.ts'
import type { ReadTx, Registry } from '../registry.ts'
import { isAllowed } from '../rules/access.ts'
import { getRunOf, type OwnedRun, type RunRef } from './steps/runs.ts'

/** A version where it was logged, deleted or not. */
export interface LoggedVersion {
  readonly version: Version
  readonly owner: Owner
  readonly collection: Collection
}

export interface RunReport extends OwnedRun {
  readonly texts: RunTexts
  /** How many steps its history has. */
  readonly historyLines: number
  /** What it used and what it made, oldest first. */
  readonly inputs: readonly LoggedVersion[]
  readonly outputs: readonly LoggedVersion[]
}

/**
 * A run with the versions that it used and made: those that the actor may see, the first thousand
 * each. Throws `owner_not_found`, `not_found`.
 */
export async function getRun(
  registry: Registry,
  actor: Actor,
  input: { readonly run: RunRef },
): Promise<RunReport> {
  return registry.metadata.read(async (tx) => {
    const owned = await getRunOf(tx, actor, input.run, 'read')
    const { id } = owned.run
    const texts = (await tx.runs.texts([id])).get(id) ?? { config: '{}', summary: '{}' }
    return {
      owner: owned.owner,
      run: asSeenAt(owned.run, registry.now()),
      texts,
      historyLines: await tx.runLines.count(id, 'history'),
      inputs: await versionsOf(tx, actor, id, 'input'),
      outputs: await versionsOf(tx, actor, id, 'output'),
    }
  })
}

async function versionsOf(
  tx: ReadTx,
  actor: Actor,
  runId: number,
  direction: LineageDirection,
): Promise<readonly LoggedVersion[]> {
  const page = { runId, direction, limit: MAX_ITEMS_PER_PAGE }
  const ids = (await tx.lineage.versionsOf(page)).map(({ versionId }) => versionId)
  const versions = new Map((await tx.versions.findMany(ids)).map((each) => [each.id, each]))
  const sources = new Set([...versions.values()].map((each) => each.sourceCollectionId))
  const found = await tx.collections.findMany([...sources])
  const collections = new Map(found.map((each) => [each.id, each]))
  const owning = await tx.owners.findMany([...new Set(found.map(({ ownerId }) => ownerId))])
  const owners = new Map(owning.map((owner) => [owner.id, owner]))
  return ids.flatMap((id) => {
    const version = versions.get(id)
    const collection = collections.get(version?.sourceCollectionId ?? '')
    const owner = owners.get(collection?.ownerId ?? 0)
    if (version === undefined || collection === undefined || owner === undefined) return []
    return isAllowed(actor, 'read', owner, { collection: collection.name })
      ? [{ version, owner, collection }]
      : []
  })
}
