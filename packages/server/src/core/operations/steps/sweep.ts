import { GARBAGE_LEASE_SECONDS, MAX_GARBAGE_STEP_ROWS } from '../../limits.ts'
import type { ContentDigest } from '../../model/digest.ts'
import type { Micros } from '../../model/time.ts'
import type { Registry } from '../../registry.ts'
import { digestsOf, type Pause } from './condemn.ts'
import type { Lease } from './lease.ts'

/** So long before the lease ends no more bytes are taken: a removal may be slow to happen. */
const MARGIN_MICROS = (GARBAGE_LEASE_SECONDS / 2) * 1_000_000

/**
 * Removes the bytes and then the rows of removals that a crash, or a fault of the disk, broke off.
 */
export async function finishRemovals(registry: Registry, lease: Lease): Promise<number> {
  let finished = 0
  for (;;) {
    const { until, digests } = await registry.metadata.transaction(async (tx) => {
      const until = await lease.renewIn(tx)
      return { until, digests: await tx.garbage.listRemoving(MAX_GARBAGE_STEP_ROWS) }
    })
    if (digests.length === 0) return finished
    finished += (await removeBytes(registry, digests, until)).size
  }
}

/**
 * Removes the blobs that were condemned at or before an instant and that still nothing needs.
 *
 * The row says first that the bytes go, in the transaction that looked under the lock; then the
 * bytes go; then the row says that they are gone. A crash in between leaves a row that names what
 * is left, and `finishRemovals` goes on.
 */
export async function sweepBlobs(
  registry: Registry,
  lease: Lease,
  before: Micros,
  pause: Pause,
): Promise<{ readonly removed: number; readonly bytes: number }> {
  let removed = 0
  let bytes = 0
  for (;;) {
    const { until, ripe, unneeded } = await registry.metadata.transaction(async (tx) => {
      const until = await lease.renewIn(tx)
      const ripe = await tx.garbage.lockRipe({ before, limit: MAX_GARBAGE_STEP_ROWS })
      const unneeded = ripe.filter(({ needed }) => !needed)
      await tx.garbage.takeBack(digestsOf(ripe.filter(({ needed }) => needed)))
      await tx.garbage.beginRemoval(digestsOf(unneeded), registry.now())
      return { until, ripe, unneeded }
    })
    if (ripe.length === 0) return { removed, bytes }
    const gone = await removeBytes(registry, digestsOf(unneeded), until)
    removed += gone.size
    for (const { digest, size } of unneeded) if (gone.has(digest)) bytes += size
    await pause()
  }
}

/**
 * Only while the lease runs: whoever takes it next ends the same removals, and then they are over.
 */
async function removeBytes(
  registry: Registry,
  digests: readonly ContentDigest[],
  until: Micros,
): Promise<ReadonlySet<ContentDigest>> {
  const gone = new Set<ContentDigest>()
  for (const digest of digests) {
    if (registry.now() > until - MARGIN_MICROS) break
    await registry.blobs.delete(digest)
    gone.add(digest)
  }
  await registry.metadata.transaction((tx) => tx.garbage.endRemoval([...gone], registry.now()))
  return gone
}

/** Drops what is remembered of removals that ended long ago. */
export async function forgetRemoved(
  registry: Registry,
  before: Micros,
  pause: Pause,
): Promise<void> {
  const limit = MAX_GARBAGE_STEP_ROWS
  const step = () =>
    registry.metadata.transaction((tx) => tx.garbage.forgetRemoved({ before, limit }))
  while ((await step()) === limit) await pause()
}
