import assert from 'node:assert/strict'
import { isRegistryError } from '../../src/core/errors.ts'
import type { Actor } from '../../src/core/model/actor.ts'
import type { CollectionRef } from '../../src/core/model/collection.ts'
import { digestOf } from '../../src/core/model/digest.ts'
import { abandonDraft } from '../../src/core/operations/abandon-draft.ts'
import { changeAliases } from '../../src/core/operations/change-aliases.ts'
import { changeCollection } from '../../src/core/operations/change-collection.ts'
import { changeVersion } from '../../src/core/operations/change-version.ts'
import { clearAlias } from '../../src/core/operations/clear-alias.ts'
import { compareVersions } from '../../src/core/operations/compare-versions.ts'
import { createCollection } from '../../src/core/operations/create-collection.ts'
import { createDraft } from '../../src/core/operations/create-draft.ts'
import { deleteCollection } from '../../src/core/operations/delete-collection.ts'
import { deleteOwner } from '../../src/core/operations/delete-owner.ts'
import { deleteRun } from '../../src/core/operations/delete-run.ts'
import { deleteVersion } from '../../src/core/operations/delete-version.ts'
import { dryRunPromotion } from '../../src/core/operations/dry-run-promotion.ts'
import { dryRunRollback } from '../../src/core/operations/dry-run-rollback.ts'
import { getLineage } from '../../src/core/operations/get-lineage.ts'
import { linkVersion } from '../../src/core/operations/link-version.ts'
import { listHistory } from '../../src/core/operations/list-history.ts'
import { once } from '../../src/core/operations/once.ts'
import { promote } from '../../src/core/operations/promote.ts'
import { quarantineVersion } from '../../src/core/operations/quarantine-version.ts'
import { removeAlias } from '../../src/core/operations/remove-alias.ts'
import { resolve } from '../../src/core/operations/resolve.ts'
import { rollBack } from '../../src/core/operations/roll-back.ts'
import { searchVersions } from '../../src/core/operations/search-versions.ts'
import { setAlias } from '../../src/core/operations/set-alias.ts'
import { setStages } from '../../src/core/operations/set-stages.ts'
import type { PointerResult } from '../../src/core/operations/steps/change-alias.ts'
import { unlinkVersion } from '../../src/core/operations/unlink-version.ts'
import { upsertRun } from '../../src/core/operations/upsert-run.ts'
import { useVersion } from '../../src/core/operations/use-version.ts'
import type { Registry } from '../../src/core/registry.ts'
import { addVersion } from '../builders.ts'
import { TEST_STAGES } from './history.ts'
import type { Acknowledged } from './invariants.ts'
import type { Random } from './random.ts'

const ALIASES = ['staging', 'production', 'archived', 'canary', 'gold', 'best']
const SOURCES = ['model', 'other']
const CONTENTS = 16
const INDICES = 6
const RUNS = ['run-a', 'run-b', 'run-c']

/** What a crowd of callers has been told, all of which must be true in the end. */
export interface Crowd {
  readonly registry: Registry
  readonly actor: Actor
  readonly random: Random
  readonly project: string
  readonly acknowledged: Acknowledged
  /** How often each kind of operation was asked for. */
  readonly kinds: Map<string, number>
  keys: number
}

export type CrowdStep = (crowd: Crowd) => Promise<unknown>

/** Some thirty kinds of operations, each asked for by name. */
const STEPS: Readonly<Record<string, CrowdStep>> = {
  promote: async (crowd) => {
    const { random } = crowd
    const alias = random.pick(ALIASES)
    const collection = someCollection(crowd)
    const generation = random.below(6)
    const expect = random.chance(50) ? { kind: 'generation' as const, generation } : null
    const call = { collection, alias, selector: someSelector(random), expect }
    const result = await promote(crowd.registry, crowd.actor, call)
    told(crowd, result)
    if (expect !== null && result.outcome.changed)
      crowd.acknowledged.wins.push(`${result.collection.id} ${alias} ${generation}`)
  },
  set: async (crowd) => {
    const { random } = crowd
    const slots = ['a', 'b'].map((label) => {
      return { selector: someSelector(random), label, weight: 1 + random.below(9) }
    })
    const call = { collection: someCollection(crowd), alias: 'canary', slots }
    told(crowd, await setAlias(crowd.registry, crowd.actor, call))
  },
  remove: async (crowd) => {
    const { random } = crowd
    const alias = random.pick(ALIASES)
    const call = { collection: someCollection(crowd), alias, index: random.below(INDICES) }
    told(crowd, await removeAlias(crowd.registry, crowd.actor, call))
  },
  clear: async (crowd) => {
    const call = { collection: someCollection(crowd), alias: crowd.random.pick(ALIASES) }
    told(crowd, await clearAlias(crowd.registry, crowd.actor, call))
  },
  rollBack: async (crowd) => {
    const call = { collection: someCollection(crowd), alias: crowd.random.pick(ALIASES) }
    told(crowd, await rollBack(crowd.registry, crowd.actor, call))
  },
  rollBackOnce: async (crowd) => {
    const { registry, actor, random } = crowd
    const call = { collection: someCollection(crowd), alias: random.pick(ALIASES) }
    crowd.keys += 1
    const request = { key: `${crowd.project} ${crowd.keys}`, asked: JSON.stringify(call) }
    const ask = () => answerOf(rollBack(once(registry, actor, request), actor, call))
    const answers = (await Promise.all([ask(), ask(), ask()])).filter((each) => each !== null)
    for (const answer of answers) {
      told(crowd, answer)
      assert.deepEqual(answer, answers[0], 'one request, one answer')
    }
  },
  rollBackTo: async (crowd) => {
    const { random } = crowd
    const call = { collection: someCollection(crowd), alias: random.pick(ALIASES) }
    told(crowd, await rollBack(crowd.registry, crowd.actor, { ...call, to: random.below(INDICES) }))
  },
  dryRun: async (crowd) => {
    const { registry, actor, random } = crowd
    const call = { collection: someCollection(crowd), alias: random.pick(ALIASES) }
    await dryRunPromotion(registry, actor, { ...call, selector: someSelector(random) })
    await dryRunRollback(registry, actor, call)
  },
  save: async (crowd) => {
    const { registry, actor, random } = crowd
    const collection = someCollection(crowd)
    const { version } = await resolve(registry, actor, {
      collection,
      selector: someSelector(random),
    })
    const call = { collection, versionId: version.id, mayNameLatest: true }
    const add = [random.pick(ALIASES)]
    await changeAliases(registry, actor, { ...call, add, remove: [random.pick(ALIASES)] })
  },
  commit: async (crowd) => {
    const { registry, actor, random, acknowledged } = crowd
    const text = `content ${random.below(CONTENTS)}`
    const collection = refOf(crowd, random.pick(SOURCES))
    const aliases = random.chance(30) ? [random.pick(ALIASES)] : []
    const added = { files: { 'a.bin': text }, collection, aliases }
    const { membership, version } = await addVersion(registry, actor, added)
    acknowledged.commits.push({
      collectionId: membership.collectionId,
      index: membership.index,
      versionId: version.id,
      blob: digestOf(text),
    })
  },
  draft: async (crowd) => {
    const { registry, actor } = crowd
    const draft = { collection: refOf(crowd, 'model'), artifactType: 'model', makeProject: false }
    const created = await createDraft(registry, actor, draft)
    if (created.kind === 'draft') await abandonDraft(registry, actor, { draftId: created.draft.id })
  },
  link: async (crowd) => {
    const { registry, actor, random } = crowd
    const found = await resolve(registry, actor, {
      collection: refOf(crowd, random.pick(SOURCES)),
      selector: someSelector(random),
    })
    const target = refOf(crowd, 'links')
    const aliases = random.chance(50) ? [random.pick(ALIASES)] : []
    await linkVersion(registry, actor, { versionId: found.version.id, target, aliases })
  },
  unlink: async ({ registry, actor, random, project }) => {
    const collection = { owner: ownerOf(actor, project), name: 'links' }
    await unlinkVersion(registry, actor, { collection, index: random.below(INDICES) })
  },
  deleteVersion: async (crowd) => {
    const { registry, actor, random } = crowd
    const found = await resolve(registry, actor, {
      collection: refOf(crowd, random.pick(SOURCES)),
      selector: someSelector(random),
    })
    const dropAliases = random.chance(50)
    await deleteVersion(registry, actor, { versionId: found.version.id, dropAliases })
  },
  deleteCollection: async (crowd) => {
    const { registry, actor, random } = crowd
    if (!random.chance(10)) return
    const collection = refOf(crowd, random.pick([...SOURCES, 'links']))
    await deleteCollection(registry, actor, { collection, dropAliases: random.chance(50) })
  },
  quarantine: async (crowd) => {
    const { registry, actor, random } = crowd
    const found = await someVersion(crowd)
    const reason = random.chance(30) ? 'looks bad' : null
    await quarantineVersion(registry, actor, { versionId: found.version.id, reason })
  },
  describe: async (crowd) => {
    const { registry, actor, random } = crowd
    const found = await someVersion(crowd)
    const tags = [random.pick(['good', 'bad', 'small'])]
    await changeVersion(registry, actor, { versionId: found.version.id, tags })
  },
  rename: async (crowd) => {
    const { registry, actor, random } = crowd
    if (!random.chance(20)) return
    const collection = refOf(crowd, 'other')
    await changeCollection(registry, actor, { collection, name: 'another' })
    const back = refOf(crowd, 'another')
    await changeCollection(registry, actor, { collection: back, name: 'other' })
  },
  createCollection: async (crowd) => {
    const collection = refOf(crowd, `c${crowd.random.below(4)}`)
    await createCollection(crowd.registry, crowd.actor, { collection, artifactType: 'model' })
  },
  stages: async ({ registry, actor, random, project }) => {
    const stages = TEST_STAGES.map((stage) =>
      stage.name === 'canary' ? { ...stage, capacity: 2 + random.below(2) } : stage,
    )
    await setStages(registry, actor, { owner: ownerOf(actor, project), stages })
  },
  use: async (crowd) => {
    const { registry, actor, random, project } = crowd
    const found = await someVersion(crowd)
    const run = { owner: ownerOf(actor, project), name: random.pick(RUNS) }
    await useVersion(registry, actor, { run, version: found.version.id, usedAs: null })
  },
  run: async ({ registry, actor, random, project }) => {
    const owner = ownerOf(actor, project)
    await upsertRun(registry, actor, { owner, name: random.pick(RUNS), fields: {} })
  },
  deleteRun: async ({ registry, actor, random, project }) => {
    const run = { owner: ownerOf(actor, project), name: random.pick(RUNS) }
    await deleteRun(registry, actor, { run, withVersions: random.chance(20) })
  },
  lineage: async (crowd) => {
    const found = await someVersion(crowd)
    await getLineage(crowd.registry, crowd.actor, { versionId: found.version.id, depth: 3 })
  },
  project: async ({ registry, actor, random, project }) => {
    const owner = ownerOf(actor, `${project}-aside`)
    const kind = random.below(3)
    if (kind === 0) await deleteOwner(registry, actor, { owner, dropAliases: true })
    else if (kind === 1) await upsertRun(registry, actor, { owner, name: 'r', fields: {} })
    else await addVersion(registry, actor, { files: { a: 'b' }, collection: { owner, name: 'c' } })
  },
  resolve: async (crowd) => {
    const collection = someCollection(crowd)
    const selector = { kind: 'alias' as const, alias: crowd.random.pick(ALIASES) }
    await resolve(crowd.registry, crowd.actor, { collection, selector })
  },
  timeTravel: async (crowd) => {
    const { registry, actor, random } = crowd
    const alias = random.pick(ALIASES)
    const selector = random.chance(50)
      ? ({ kind: 'generations-ago', alias, ago: random.below(4) } as const)
      : ({ kind: 'time', alias, time: registry.now() } as const)
    await resolve(registry, actor, { collection: someCollection(crowd), selector })
  },
  history: async (crowd) => {
    const page = { collection: someCollection(crowd), alias: null, before: null, limit: 20 }
    const { page: found } = await listHistory(crowd.registry, crowd.actor, page)
    const seqs = found.items.map((event) => event.seq)
    for (const [at, seq] of seqs.entries()) assert.equal(seq, (seqs[0] ?? 0) - at)
  },
  search: async (crowd) => {
    const conditions = [{ path: 'tag', comparison: 'eq', value: 'good' }] as const
    const sort = { path: 'createdAt', direction: 'desc' } as const
    const call = { collection: someCollection(crowd), conditions, sort, after: null, limit: 10 }
    await searchVersions(crowd.registry, crowd.actor, call)
  },
  compare: async (crowd) => {
    const collection = someCollection(crowd)
    const base = { collection, selector: someSelector(crowd.random) }
    const head = { collection, selector: someSelector(crowd.random) }
    await compareVersions(crowd.registry, crowd.actor, { base, head, after: '', limit: 10 })
  },
}

const WEIGHTS: Readonly<Record<string, number>> = { promote: 10, commit: 6, rollBack: 3, link: 3 }
const CHOICES = Object.keys(STEPS).flatMap((kind) => Array(WEIGHTS[kind] ?? 1).fill(kind))

/** Lets `parallel` callers at a time do random operations until `operations` were asked for. */
export async function runCrowd(crowd: Crowd, operations: number, parallel: number): Promise<void> {
  let left = operations
  const caller = async () => {
    while (left > 0) {
      left -= 1
      const kind: string = crowd.random.pick(CHOICES)
      crowd.kinds.set(kind, (crowd.kinds.get(kind) ?? 0) + 1)
      await answerOf(STEPS[kind]?.(crowd) ?? assert.fail(kind))
    }
  }
  await Promise.all(Array.from({ length: parallel }, caller))
}

/** Null for a refusal, an injected fault among them; anything else breaks the test. */
async function answerOf<Value>(call: Promise<Value>): Promise<Value | null> {
  try {
    return await call
  } catch (error) {
    if (isRegistryError(error) && error.code !== 'internal') return null
    throw error
  }
}

function told({ acknowledged }: Crowd, { outcome, others }: PointerResult): void {
  for (const { event } of [outcome, ...others]) if (event !== null) acknowledged.events.push(event)
}

function ownerOf(actor: Actor, name: string) {
  return { kind: 'project' as const, entityName: actor.username, name }
}

function refOf({ actor, project }: Crowd, name: string): CollectionRef {
  return { owner: ownerOf(actor, project), name }
}

function someCollection(crowd: Crowd): CollectionRef {
  return refOf(crowd, crowd.random.pick([...SOURCES, 'links']))
}

/** Throws what `resolve` throws for one that is not there. */
function someVersion(crowd: Crowd) {
  const { registry, actor, random } = crowd
  const collection = someCollection(crowd)
  return resolve(registry, actor, { collection, selector: someSelector(random) })
}

function someSelector(random: Random) {
  return { kind: 'index' as const, index: random.below(INDICES) }
}
