import { after, before, describe, test } from 'node:test'
import type { MetadataStore } from '../../src/core/registry.ts'
import { openMetadataStore } from '../../src/metadata/open.ts'
import { createTestDatabase, skipPostgres } from '../postgres.ts'
import { memoryBlobs } from './registry.ts'
import { checkStores, tryHistory } from './trial.ts'

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
    const blobs = memoryBlobs()
    let metadata: MetadataStore
    before(async () => {
      metadata = await openMetadataStore({ url: await options.url() })
    })
    after(() => metadata.close())
    const seeds = Array.from({ length: options.seeds }, (_, at) => at + 1)
    for (const seed of SEED === undefined ? seeds : [Number(SEED)])
      test(`history ${seed} goes as the model says`, async () => {
        await tryHistory({ metadata, blobs }, seed, options.operations)
      })
    test('afterwards the stream has every fact, and nothing is damaged', async (t) => {
      const events = await checkStores({ metadata, blobs })
      t.diagnostic(`${events} events`)
    })
  })
}

histories('on SQLite', { url: async () => 'sqlite::memory:', seeds: 25, operations: 400 })
histories('on PostgreSQL', {
  url: createTestDatabase,
  seeds: 5,
  operations: 100,
  skip: skipPostgres,
})
