import { MemoryBlobStore } from '../../src/blobs/memory.ts'
import type { MetadataStore, Registry } from '../../src/core/registry.ts'

/** Clock, ids and randomness of its own: the seed replays the whole history. */
export function registryOver(metadata: MetadataStore, seed: number): Registry {
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
