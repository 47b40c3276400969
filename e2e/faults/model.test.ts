import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { openMetadataStore } from '../../packages/server/src/metadata/open.ts'
import { memoryBlobs, type Stores } from '../../packages/server/test/model/registry.ts'
import { checkStores, tryCrowd, tryHistory } from '../../packages/server/test/model/trial.ts'
import { createTestDatabase, skipPostgres } from '../../packages/server/test/postgres.ts'
import { firstSeed, scaled } from './scale.ts'

// A million operations over both dialects: histories of one caller, each answer compared with a
// model, and crowds of 16 with injected faults, who must have been told nothing but the truth. A
// seed is one trial in one project; some share a database, as projects do.

interface Dialect {
  readonly name: string
  readonly url: () => Promise<string>
  readonly skip: string | false
  /** Operations of all histories together, and of all crowds. */
  readonly histories: number
  readonly crowds: number
}

const OPERATIONS = { history: 400, crowd: 400 }
const TRIALS_PER_DATABASE = 20
const ONE = process.env.GREENROOM_TEST_SEED
const FILE = 'e2e/faults/model.test.ts'

const DIALECTS: readonly Dialect[] = [
  {
    name: 'SQLite',
    url: async () => 'sqlite::memory:',
    skip: false,
    histories: 760_000,
    crowds: 200_000,
  },
  {
    name: 'PostgreSQL',
    url: createTestDatabase,
    skip: skipPostgres,
    histories: 28_000,
    crowds: 12_000,
  },
]

for (const dialect of DIALECTS)
  describe(`on ${dialect.name}`, { skip: dialect.skip }, () => {
    test('random histories go as the model says', () =>
      runTrials(dialect, 'history', dialect.histories, async (stores, seed) => {
        await tryHistory(stores, seed, OPERATIONS.history)
        return { faults: 0, moves: 0, commits: 0 }
      }))
    test('random crowds are told nothing but the truth', () =>
      runTrials(dialect, 'crowd', dialect.crowds, (stores, seed) =>
        tryCrowd(stores, seed, OPERATIONS.crowd),
      ))
  })

async function runTrials(
  { name, url }: Dialect,
  kind: 'history' | 'crowd',
  whole: number,
  run: (
    stores: Stores,
    seed: number,
  ) => Promise<{ readonly faults: number; readonly moves: number; readonly commits: number }>,
): Promise<void> {
  const first = firstSeed()
  const trials = ONE === undefined ? scaled(whole / OPERATIONS[kind]) : 1
  const total = { faults: 0, moves: 0, commits: 0, events: 0 }
  const begun = performance.now()
  for (let seed = first; seed < first + trials; ) {
    const last = Math.min(seed + TRIALS_PER_DATABASE, first + trials)
    const metadata = await openMetadataStore({ url: await url() })
    const stores: Stores = { metadata, blobs: memoryBlobs() }
    for (; seed < last; seed += 1)
      try {
        const { faults, moves, commits } = await run(stores, seed)
        total.faults += faults
        total.moves += moves
        total.commits += commits
      } catch (cause) {
        const replay = `GREENROOM_TEST_SEED=${seed} npm run test:faults -- ${FILE}`
        throw new Error(`the ${kind} of seed ${seed} on ${name}; again with: ${replay}`, { cause })
      }
    total.events += await checkStores(stores)
    await metadata.close()
  }
  assert.ok(total.events > 0)
  const seconds = Math.round((performance.now() - begun) / 1000)
  const told = kind === 'crowd' ? `; ${JSON.stringify(total)}` : `; ${total.events} events`
  const seeds = `seeds ${first} to ${first + trials - 1}`
  console.log(`${name}: ${trials * OPERATIONS[kind]} operations in ${seconds} s, ${seeds}${told}`)
}
