import assert from 'node:assert/strict'
import { SYSTEM } from '../../src/core/model/actor.ts'
import { bootstrapRegistry } from '../../src/core/operations/bootstrap-registry.ts'
import { createProject } from '../../src/core/operations/create-project.ts'
import { setStages } from '../../src/core/operations/set-stages.ts'
import { verifyRegistry } from '../../src/core/operations/verify-registry.ts'
import type { Registry } from '../../src/core/registry.ts'
import { type Crowd, runCrowd } from './concurrent.ts'
import { type FaultRates, faultyStore } from './faults.ts'
import { beginHistory, runHistory, TEST_STAGES } from './history.ts'
import { type Acknowledged, checkAcknowledged, checkCollection } from './invariants.ts'
import { POINTER_STEPS } from './pointer-steps.ts'
import { randomOf } from './random.ts'
import { registryOver, type Stores } from './registry.ts'
import { checkStream } from './stream.ts'
import { VERSION_STEPS } from './version-steps.ts'

const STEPS = [...POINTER_STEPS, ...VERSION_STEPS]
const CALLERS = 16

/** Of ten thousand statements and answers, so many fail. */
export const CROWD_RATES: FaultRates = { statement: 30, answer: 100 }

/** One seed's history in a project of its own, each operation compared with the model. */
export async function tryHistory(stores: Stores, seed: number, operations: number): Promise<void> {
  const history = await beginHistory(registryOver(stores, seed), randomOf(seed))
  await runHistory(history, STEPS, operations)
  assert.equal(history.operations, operations)
}

/** What a crowd did, for a line of the report. */
export interface CrowdReport {
  readonly kinds: number
  readonly faults: number
  readonly moves: number
  readonly commits: number
}

/** One seed's crowd in a project of its own, with faults; then all it was told must be true. */
export async function tryCrowd(
  stores: Stores,
  seed: number,
  operations: number,
): Promise<CrowdReport> {
  const registry = registryOver(stores, seed)
  const { metadata } = stores
  await bootstrapRegistry(registry, {})
  const user = await metadata.read((tx) => tx.users.find('admin'))
  assert.ok(user !== undefined)
  const actor = { ...SYSTEM, userId: user.id, username: 'admin', entityId: user.entityId }
  const random = randomOf(seed)
  const project = `crowd${seed}`
  const owner = { kind: 'project' as const, entityName: actor.username, name: project }
  const { id } = await createProject(registry, actor, owner)
  await setStages(registry, actor, { owner, stages: TEST_STAGES })
  const faulty = faultyStore(metadata, random, CROWD_RATES)
  const acknowledged: Acknowledged = { events: [], commits: [], wins: [] }
  const crowd: Crowd = {
    registry: { ...registry, metadata: faulty },
    actor,
    random,
    project,
    acknowledged,
    kinds: new Map(),
    keys: 0,
  }
  await runCrowd(crowd, operations, CALLERS)
  const page = { ownerId: id, artifactType: null, after: '', limit: 100 }
  const collections = await metadata.read((tx) => tx.collections.list(page))
  for (const collection of collections) await checkCollection(metadata, collection.id)
  await checkAcknowledged(registry, acknowledged)
  const { events, commits } = acknowledged
  assert.ok(events.length > 0 && commits.length > 0)
  const done = { moves: events.length, commits: commits.length }
  return { kinds: crowd.kinds.size, faults: faulty.injected(), ...done }
}

/**
 * What must hold of the stores when all trials in them are over: the stream has every fact once and
 * in order (I10), and `verify` finds nothing, with every blob read again (I1 to I5, I17). Gives how
 * many events there are.
 */
export async function checkStores(stores: Stores): Promise<number> {
  const revision = await checkStream(stores.metadata)
  const nothing = async () => {}
  const input = { readBlob: () => true, pace: nothing, pause: nothing }
  const registry: Registry = registryOver(stores, 0)
  for await (const event of verifyRegistry(registry, input))
    if (event.kind === 'finding' && event.finding.kind !== 'bytes_without_row')
      assert.fail(`${event.finding.kind}: ${event.finding.about}: ${event.finding.message}`)
  return revision
}
