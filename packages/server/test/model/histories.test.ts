import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { MemoryBlobStore } from '../../src/blobs/memory.ts'
import type { MetadataStore, Registry } from '../../src/core/registry.ts'
import { openMetadataStore } from '../../src/metadata/open.ts'
import { createTestDatabase, skipPostgres } from '../postgres.ts'
import { beginHistory, runHistory } from './history.ts'
import { POINTER_STEPS } from './pointer-steps.ts'
import { randomOf } from './random.ts'
import { VERSION_STEPS } from './version-steps.ts'

const STEPS = [...POINTER_STEPS, ...VERSION_STEPS]
/** Replays one history of a run that failed. */
const SEED = process.env.GREENROOM_TEST_SEED

function histories(
  name: string,
  options: {
    readonly url: () => Promise<string>
    readonly seeds: number
    readonly operations: number
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
      test(`history ${seed} goes as the model says`, async () => {
        const history = await beginHistory(registryOver(metadata, seed), randomOf(seed))
        await runHistory(history, STEPS, options.operations)
        assert.equal(history.operations, options.operations)
      })
  })
}

/** Clock, ids and randomness of its own: the seed replays the whole history. */
function registryOver(metadata: MetadataStore, seed: number): Registry {
  let time = 1_767_225_600_000_000
  let ids = 0
  const now = () => {
    time += 1000
    return time
  }
  return {
    metadata,
    blobs: new MemoryBlobStore(now),
    now,
    newId: () => {
      ids += 1
      return `${seed}x${String(ids).padStart(12, '0')}`
    },
    randomHex: (bytes) =>
      seed
        .toString(16)
        .padStart(2, '0')
        .repeat(bytes)
        .slice(0, bytes * 2),
    reservedNames: new Set(),
  }
}

histories('on SQLite', { url: async () => 'sqlite::memory:', seeds: 25, operations: 400 })
histories('on PostgreSQL', {
  url: createTestDatabase,
  seeds: 5,
  operations: 100,
  skip: skipPostgres,
})
