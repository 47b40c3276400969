import assert from 'node:assert/strict'
import { after, before, describe, type TestContext, test } from 'node:test'
import { bootstrapRegistry } from '../../src/core/operations/bootstrap-registry.ts'
import { createProject } from '../../src/core/operations/create-project.ts'
import { setStages } from '../../src/core/operations/set-stages.ts'
import type { MetadataStore } from '../../src/core/registry.ts'
import { openMetadataStore } from '../../src/metadata/open.ts'
import { createTestDatabase, skipPostgres } from '../postgres.ts'
import { type Crowd, runCrowd } from './concurrent.ts'
import { type FaultRates, faultyStore } from './faults.ts'
import { TEST_STAGES } from './history.ts'
import { type Acknowledged, checkAcknowledged, checkCollection } from './invariants.ts'
import { randomOf } from './random.ts'
import { registryOver } from './registry.ts'
import { checkStream } from './stream.ts'

const SEED = process.env.GREENROOM_TEST_SEED

function crowds(
  name: string,
  options: {
    readonly url: () => Promise<string>
    readonly seeds: number
    readonly operations: number
    readonly rates: FaultRates
    readonly skip?: string | false
  },
): void {
  describe(name, { skip: options.skip ?? false }, () => {
    let metadata: MetadataStore
    before(async () => {
      metadata = await openMetadataStore({ url: await options.url() })
    })
    after(() => metadata.close())
    const seeds = Array.from({ length: options.seeds }, (_, at) => at + 1)
    for (const seed of SEED === undefined ? seeds : [Number(SEED)])
      test(`crowd ${seed} is told nothing but the truth`, async (t) => {
        await runOne(t, metadata, seed, options.operations, options.rates)
      })
    test('the stream has every fact of them, once and in order', async () => {
      assert.ok((await checkStream(metadata)) > options.seeds)
    })
  })
}

async function runOne(
  t: TestContext,
  metadata: MetadataStore,
  seed: number,
  operations: number,
  rates: FaultRates,
): Promise<void> {
  const registry = registryOver(metadata, seed)
  await bootstrapRegistry(registry, {})
  const user = await metadata.read((tx) => tx.users.find('admin'))
  assert.ok(user !== undefined)
  const admin = { userId: user.id, username: 'admin', entityId: user.entityId, admin: true }
  const random = randomOf(seed)
  const project = `crowd${seed}`
  const owner = { kind: 'project' as const, entityName: admin.username, name: project }
  const { id } = await createProject(registry, admin, owner)
  await setStages(registry, admin, { owner, stages: TEST_STAGES })
  const faulty = faultyStore(metadata, random, rates)
  const acknowledged: Acknowledged = { events: [], commits: [], wins: [] }
  const crowd: Crowd = {
    registry: { ...registry, metadata: faulty },
    actor: admin,
    random,
    project,
    acknowledged,
    kinds: new Map(),
    keys: 0,
  }
  await runCrowd(crowd, operations, 16)
  const page = { ownerId: id, artifactType: null, after: '', limit: 100 }
  const collections = await metadata.read((tx) => tx.collections.list(page))
  for (const collection of collections) await checkCollection(metadata, collection.id)
  await checkAcknowledged(registry, acknowledged)
  assert.ok(acknowledged.events.length > 0 && acknowledged.commits.length > 0)
  t.diagnostic(
    `seed ${seed}: ${operations} operations of ${crowd.kinds.size} kinds, ` +
      `${faulty.injected()} faults, ${acknowledged.events.length} moves acknowledged`,
  )
}

const RATES = { statement: 30, answer: 100 }
crowds('crowds on SQLite', {
  url: async () => 'sqlite::memory:',
  seeds: 4,
  operations: 1500,
  rates: RATES,
})
crowds('crowds on PostgreSQL', {
  url: createTestDatabase,
  seeds: 2,
  operations: 300,
  rates: RATES,
  skip: skipPostgres,
})
