import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { MetadataStore } from '../../src/core/registry.ts'
import { openMetadataStore } from '../../src/metadata/open.ts'
import { createTestDatabase, skipPostgres } from '../postgres.ts'
import { beginHistory, runHistory } from './history.ts'
import { POINTER_STEPS } from './pointer-steps.ts'
import { randomOf } from './random.ts'
import { registryOver } from './registry.ts'
import { checkStream } from './stream.ts'
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
    test('the stream has every fact of them, once and in order', async () => {
      assert.ok((await checkStream(metadata)) > options.seeds)
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
