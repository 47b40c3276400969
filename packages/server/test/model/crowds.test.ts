import { after, before, describe, test } from 'node:test'
import type { MetadataStore } from '../../src/core/registry.ts'
import { openMetadataStore } from '../../src/metadata/open.ts'
import { createTestDatabase, skipPostgres } from '../postgres.ts'
import { memoryBlobs } from './registry.ts'
import { checkStores, tryCrowd } from './trial.ts'

/** Replays one crowd of a run that failed. */
const SEED = process.env.GREENROOM_TEST_SEED

function crowds(
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
      test(`crowd ${seed} is told nothing but the truth`, async (t) => {
        const { operations } = options
        const did = await tryCrowd({ metadata, blobs }, seed, operations)
        t.diagnostic(
          `seed ${seed}: ${operations} operations of ${did.kinds} kinds, ${did.faults} faults, ` +
            `${did.commits} commits and ${did.moves} moves acknowledged`,
        )
      })
    test('afterwards the stream has every fact, and nothing is damaged', async (t) => {
      const events = await checkStores({ metadata, blobs })
      t.diagnostic(`${events} events`)
    })
  })
}

crowds('crowds on SQLite', { url: async () => 'sqlite::memory:', seeds: 4, operations: 1500 })
crowds('crowds on PostgreSQL', {
  url: createTestDatabase,
  seeds: 2,
  operations: 300,
  skip: skipPostgres,
})
