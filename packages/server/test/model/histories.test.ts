import { test } from 'node:test'
import { MemoryBlobStore } from '../../src/blobs/memory.ts'
import type { Registry } from '../../src/core/registry.ts'
import { openMetadataStore } from '../../src/metadata/open.ts'
import { beginHistory, runHistory } from './history.ts'
import { randomOf } from './random.ts'

const SEEDS = 12
const OPERATIONS = 150

/** `GREENROOM_TEST_SEED` replays one history. */
function seeds(): readonly number[] {
  const given = process.env.GREENROOM_TEST_SEED
  return given === undefined ? Array.from({ length: SEEDS }, (_, at) => at + 1) : [Number(given)]
}

async function openRegistry(): Promise<Registry> {
  let time = 1_767_225_600_000_000
  let ids = 0
  const now = () => {
    time += 1000
    return time
  }
  return {
    metadata: await openMetadataStore({ url: 'sqlite::memory:', now }),
    blobs: new MemoryBlobStore(now),
    now,
    newId: () => {
      ids += 1
      return `id${String(ids).padStart(12, '0')}`
    },
    randomHex: (bytes) => '5a'.repeat(bytes),
    reservedNames: new Set(),
  }
}

for (const seed of seeds())
  test(`history ${seed} gives what the model says`, async () => {
    const registry = await openRegistry()
    try {
      await runHistory(await beginHistory(registry, randomOf(seed)), OPERATIONS)
    } finally {
      await registry.metadata.close()
    }
  })
