import { MAX_COUNTED_OWNERS, MAX_GARBAGE_STEP_ROWS } from '../../limits.ts'
import type { ContentDigest } from '../../model/digest.ts'
import type { OwnerStorage, StorageCount } from '../../model/storage.ts'
import type { BlobUse, BlobUser, ReadableRegistry } from '../../registry.ts'
import { examineBlobs, type Pause } from './condemn.ts'

/**
 * Counts what each owner's content takes, by one walk over the blobs and beside it one over each
 * kind of what names them, all in order of digest. Memory is a page of each and a line an owner.
 */
export async function countStorage(
  registry: ReadableRegistry,
  pause: Pause,
): Promise<StorageCount> {
  const users = (['entries', 'runFiles'] as const).map((by) =>
    ownersInOrder(usesOf(registry, by, pause)),
  )
  const owners = new Map<number, OwnerStorage>()
  let blobs = 0
  let bytes = 0
  for await (const page of examineBlobs(registry, pause))
    for (const { digest, size } of page) {
      blobs += 1
      bytes += size
      const found = new Set<number>()
      for (const ownersOf of users) await ownersOf(digest, found)
      for (const ownerId of found)
        owners.set(ownerId, withBlob(owners.get(ownerId), ownerId, size, found.size === 1))
    }
  const sorted = [...owners.values()].toSorted((a, b) => b.bytes - a.bytes || a.ownerId - b.ownerId)
  return {
    ...{ countedAt: registry.now(), blobs, bytes },
    owners: sorted.slice(0, MAX_COUNTED_OWNERS),
    otherOwners: Math.max(0, sorted.length - MAX_COUNTED_OWNERS),
  }
}

function withBlob(
  before: OwnerStorage | undefined,
  ownerId: number,
  size: number,
  isUnique: boolean,
): OwnerStorage {
  const { blobs = 0, bytes = 0, uniqueBlobs = 0, uniqueBytes = 0 } = before ?? {}
  return {
    ...{ ownerId, blobs: blobs + 1, bytes: bytes + size },
    uniqueBlobs: uniqueBlobs + (isUnique ? 1 : 0),
    uniqueBytes: uniqueBytes + (isUnique ? size : 0),
  }
}

/** Asked for digests in ascending order, adds the owners of each to `found`. */
function ownersInOrder(
  uses: AsyncGenerator<BlobUse>,
): (digest: ContentDigest, found: Set<number>) => Promise<void> {
  let waiting: IteratorResult<BlobUse> | undefined
  return async (digest, found) => {
    for (;;) {
      waiting ??= await uses.next()
      if (waiting.done === true || waiting.value.digest > digest) return
      const { digest: used, ownerId } = waiting.value
      if (used === digest && ownerId !== null) found.add(ownerId)
      waiting = undefined
    }
  }
}

async function* usesOf(
  registry: ReadableRegistry,
  by: BlobUser,
  pause: Pause,
): AsyncGenerator<BlobUse> {
  const limit = MAX_GARBAGE_STEP_ROWS
  let after: BlobUse | null = null
  for (;;) {
    const from: BlobUse | null = after
    const page: readonly BlobUse[] = await registry.metadata.read((tx) =>
      tx.garbage.listUses({ by, after: from, limit }),
    )
    yield* page
    after = page.at(-1) ?? null
    if (page.length < limit) return
    await pause()
  }
}
