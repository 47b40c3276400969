import { MemoryBlobStore } from '../../src/blobs/memory.ts'
import type { Registry } from '../../src/core/registry.ts'
import { argon2Passwords } from '../../src/passwords/argon2.ts'
import { randomOf } from './random.ts'

/** Where all histories of one test leave their facts and their bytes. */
export type Stores = Pick<Registry, 'metadata' | 'blobs'>

const START = 1_767_225_600_000_000
const JUMP_MICROS = 3_600_000_000

export function memoryBlobs(): MemoryBlobStore {
  return new MemoryBlobStore(() => START)
}

/**
 * Clock, ids and randomness of its own: the seed replays the whole history. The clock jumps
 * back and forth now and then, as real ones do.
 */
export function registryOver(stores: Stores, seed: number): Registry {
  const clock = randomOf(seed)
  let time = START
  let ids = 0
  const now = () => {
    const jump = [-JUMP_MICROS, JUMP_MICROS][clock.below(200)]
    time += jump ?? 1000
    return time
  }
  return {
    ...stores,
    passwords: argon2Passwords(),
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
