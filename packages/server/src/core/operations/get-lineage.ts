import { RegistryError } from '../errors.ts'
import { MAX_LINEAGE_DEPTH, MAX_LINEAGE_NODES } from '../limits.ts'
import type { Actor } from '../model/actor.ts'
import type { Collection } from '../model/collection.ts'
import type { Owner } from '../model/owner.ts'
import type { Run } from '../model/run.ts'
import type { Version } from '../model/version.ts'
import type { ReadTx, Registry } from '../registry.ts'
import { isAllowed } from '../rules/access.ts'
import { checkVisible } from './steps/visible-version.ts'

export type LineageNode =
  | {
      readonly kind: 'version'
      readonly version: Version
      readonly owner: Owner
      readonly collection: Collection
    }
  | { readonly kind: 'run'; readonly run: Run; readonly owner: Owner }

/** `from` made or fed `to`: keys are `version:<id>` and `run:<id>`. */
export interface LineageEdge {
  readonly from: string
  readonly to: string
}

export interface Lineage {
  readonly nodes: ReadonlyMap<string, LineageNode>
  readonly edges: readonly LineageEdge[]
  /** There is more, beyond the depth or the bound of nodes. */
  readonly cut: boolean
}

/**
 * What a version came from and what came from it: runs and versions in both directions, up to a
 * depth (a step from a version to a run, or from a run to a version, counts one) and a bounded
 * number of nodes. What the actor may not see is left out, and nothing beyond it is walked.
 *
 * Throws `version_not_found`, `request_invalid`.
 */
export async function getLineage(
  registry: Registry,
  actor: Actor,
  input: { readonly versionId: string; readonly depth: number },
): Promise<Lineage> {
  if (!Number.isInteger(input.depth) || input.depth < 1 || input.depth > MAX_LINEAGE_DEPTH)
    throw new RegistryError('request_invalid', `A depth is 1 to ${MAX_LINEAGE_DEPTH}.`)
  return registry.metadata.read(async (tx) => {
    await checkVisible(tx, actor, input.versionId)
    const walk: Walk = { tx, actor, nodes: new Map(), edges: new Map(), cut: false }
    await addVersions(walk, [input.versionId])
    for (const direction of ['up', 'down'] as const) {
      let edge: readonly string[] = [`version:${input.versionId}`]
      const walked = new Set(edge)
      for (let depth = 0; depth < input.depth && edge.length > 0; depth++) {
        const next: string[] = []
        for (const key of edge) next.push(...(await step(walk, key, direction)))
        edge = next.filter((key) => !walked.has(key))
        for (const key of edge) walked.add(key)
      }
      if (edge.length > 0) walk.cut = walk.cut || (await hasMore(walk, edge, direction))
    }
    return { nodes: walk.nodes, edges: [...walk.edges.values()], cut: walk.cut }
  })
}

interface Walk {
  readonly tx: ReadTx
  readonly actor: Actor
  readonly nodes: Map<string, LineageNode>
  readonly edges: Map<string, LineageEdge>
  cut: boolean
}

/** Neighbours of a node that the actor may see; `up` goes against the arrows. */
async function step(walk: Walk, key: string, direction: 'up' | 'down'): Promise<string[]> {
  const keys = await neighbours(walk.tx, key, direction)
  const versions = keys.filter((each) => each.startsWith('version:')).map((each) => each.slice(8))
  const runs = keys.filter((each) => each.startsWith('run:')).map((each) => Number(each.slice(4)))
  await addVersions(walk, versions)
  await addRuns(walk, runs)
  const seen = keys.filter((each) => walk.nodes.has(each))
  for (const each of seen) {
    const edge = direction === 'up' ? { from: each, to: key } : { from: key, to: each }
    walk.edges.set(`${edge.from} ${edge.to}`, edge)
  }
  return seen
}

async function neighbours(tx: ReadTx, key: string, direction: 'up' | 'down'): Promise<string[]> {
  if (key.startsWith('version:')) {
    const edge = direction === 'up' ? 'output' : 'input'
    const runs = await tx.lineage.runsOf(key.slice(8), edge, MAX_LINEAGE_NODES)
    return runs.map((id) => `run:${id}`)
  }
  const versions = await tx.lineage.versionsOf({
    runId: Number(key.slice(4)),
    direction: direction === 'up' ? 'input' : 'output',
    limit: MAX_LINEAGE_NODES,
  })
  return versions.map(({ versionId }) => `version:${versionId}`)
}

async function hasMore(
  walk: Walk,
  edge: readonly string[],
  direction: 'up' | 'down',
): Promise<boolean> {
  for (const key of edge)
    if ((await neighbours(walk.tx, key, direction)).some((next) => !walk.nodes.has(next)))
      return true
  return false
}

async function addVersions(walk: Walk, ids: readonly string[]): Promise<void> {
  const fresh = room(
    walk,
    ids.filter((id) => !walk.nodes.has(`version:${id}`)),
  )
  const versions = await walk.tx.versions.findMany(fresh)
  const collections = await walk.tx.collections.findMany(
    versions.map((version) => version.sourceCollectionId),
  )
  const owners = await walk.tx.owners.findMany(collections.map(({ ownerId }) => ownerId))
  for (const version of versions) {
    const collection = collections.find(({ id }) => id === version.sourceCollectionId)
    const owner = owners.find(({ id }) => id === collection?.ownerId)
    if (
      collection !== undefined &&
      owner !== undefined &&
      isAllowed(walk.actor, 'read', owner, { collection: collection.name })
    )
      walk.nodes.set(`version:${version.id}`, { kind: 'version', version, owner, collection })
  }
}

async function addRuns(walk: Walk, ids: readonly number[]): Promise<void> {
  const fresh = room(
    walk,
    ids.filter((id) => !walk.nodes.has(`run:${id}`)),
  )
  const runs = await walk.tx.runs.findMany(fresh)
  const owners = await walk.tx.owners.findMany(runs.map((run) => run.ownerId))
  for (const run of runs) {
    const owner = owners.find(({ id }) => id === run.ownerId)
    if (owner !== undefined && isAllowed(walk.actor, 'read', owner))
      walk.nodes.set(`run:${run.id}`, { kind: 'run', run, owner })
  }
}

/** As many as still fit under the bound of nodes. */
function room<Id>(walk: Walk, ids: readonly Id[]): readonly Id[] {
  const left = Math.max(0, MAX_LINEAGE_NODES - walk.nodes.size)
  if (ids.length > left) walk.cut = true
  return [...new Set(ids)].slice(0, left)
}
