import {
  DONE_REQUEST_LIFETIME_SECONDS,
  MAX_GARBAGE_STEP_ROWS,
  MAX_ITEMS_PER_PAGE,
  REMOVED_BLOB_MEMORY_SECONDS,
  STAGE_LIFETIME_SECONDS,
} from '../limits.ts'
import type { Micros } from '../model/time.ts'
import type { Expired, ReadableRegistry, ReadTx, Registry } from '../registry.ts'
import { adoptOrphans, condemnBlobs, examineBlobs, type Pause } from './steps/condemn.ts'
import { countStorage } from './steps/count-storage.ts'
import { expireDraft, expireVersion, isInUse } from './steps/expire.ts'
import { takeLease } from './steps/lease.ts'
import { keepStorageNotes } from './steps/storage-notes.ts'
import { finishRemovals, forgetRemoved, sweepBlobs } from './steps/sweep.ts'

export interface CollectGarbageInput {
  /** How long a blob stays after nothing needs it any more. */
  readonly graceSeconds: number
  /** Look through the whole store for bytes without a row. */
  readonly searchStore: boolean
  /** Awaited between steps: lets requests go first. Throws to end the whole. */
  readonly pause: Pause
}

/** What one collection did. */
export interface Collected {
  readonly expiredVersions: number
  readonly expiredDrafts: number
  /** Versions, drafts and runs whose entries, uploads, lines and files were removed. */
  readonly discarded: number
  /** Bytes that had no row and now wait for their grace to end. */
  readonly orphans: number
  readonly condemned: number
  readonly takenBack: number
  readonly removedBlobs: number
  readonly removedBytes: number
  /** Uploads that nobody went on with. */
  readonly droppedUploads: number
  /** Idempotency keys whose time is over. */
  readonly forgottenRequests: number
}

/**
 * Ends what has expired, removes the content of what was deleted, and takes the blobs that nothing
 * has needed since the grace: condemn → grace → look again under the lock → remove.
 * `docs/decisions/0005-garbage.md` says why nobody loses a blob by it.
 *
 * Null when another collection runs. Throws `registry_unavailable`; what it did stays, and the next
 * collection goes on from there.
 */
export async function collectGarbage(
  registry: Registry,
  input: CollectGarbageInput,
): Promise<Collected | null> {
  const lease = await takeLease(registry)
  if (lease === undefined) return null
  const startedAt = registry.now()
  const pause: Pause = async () => {
    await lease.keep()
    await input.pause()
  }
  try {
    const finished = await finishRemovals(registry, lease)
    const expiredVersions = await expireVersions(registry, pause)
    const expiredDrafts = await expireDrafts(registry, pause)
    const discarded =
      (await removeDiscarded(registry, pause)) + (await removeDiscardedRuns(registry, pause))
    const forgotten = registry.now() - REMOVED_BLOB_MEMORY_SECONDS * 1_000_000
    await forgetRemoved(registry, forgotten, pause)
    const orphans = input.searchStore ? await adoptOrphans(registry, pause) : 0
    const { condemned, takenBack } = await condemnBlobs(registry, pause)
    const before = registry.now() - input.graceSeconds * 1_000_000
    const { removed, bytes } = await sweepBlobs(registry, lease, before, pause)
    const untouched = registry.now() - STAGE_LIFETIME_SECONDS * 1_000_000
    const droppedUploads = await registry.blobs.dropStages(untouched)
    const remembered = registry.now() - DONE_REQUEST_LIFETIME_SECONDS * 1_000_000
    const forgottenRequests = await forgetRequests(registry, remembered, pause)
    const outcome = {
      ...{ expiredVersions, condemned, takenBack },
      ...{ removedBlobs: finished + removed, removedBytes: bytes },
    }
    const count = await countStorage(registry, pause)
    const { graceSeconds } = input
    const ended = { startedAt, endedAt: registry.now(), graceSeconds }
    await keepStorageNotes(registry, count, { ...ended, ...outcome })
    return { ...outcome, expiredDrafts, discarded, orphans, droppedUploads, forgottenRequests }
  } finally {
    await lease.release()
  }
}

async function forgetRequests(registry: Registry, before: Micros, pause: Pause): Promise<number> {
  const limit = MAX_GARBAGE_STEP_ROWS
  for (let forgotten = 0; ; await pause()) {
    const gone = await registry.metadata.transaction((tx) =>
      tx.requests.removeBefore({ before, limit }),
    )
    forgotten += gone
    if (gone < limit) return forgotten
  }
}

/** Ends the removals that a crash broke off. False when another collection runs, which does it. */
export async function resumeRemovals(registry: Registry): Promise<boolean> {
  const lease = await takeLease(registry)
  if (lease === undefined) return false
  try {
    await finishRemovals(registry, lease)
    return true
  } finally {
    await lease.release()
  }
}

/** What a collection would do now, as far as can be said without doing it. */
export interface GarbagePreview {
  readonly expiredVersions: number
  readonly expiredDrafts: number
  /**
   * Versions, drafts and runs whose content is to be removed, up to a thousand of each; their blobs
   * are not yet counted below.
   */
  readonly discarded: number
  readonly unneededBlobs: number
  readonly unneededBytes: number
  /** Of these, those whose grace is over. */
  readonly removableBlobs: number
  readonly removableBytes: number
}

export async function previewGarbage(
  registry: ReadableRegistry,
  input: Pick<CollectGarbageInput, 'graceSeconds' | 'pause'>,
): Promise<GarbagePreview> {
  const { pause } = input
  const before = registry.now() - input.graceSeconds * 1_000_000
  let expiredVersions = 0
  for await (const page of unusedVersions(registry, pause)) expiredVersions += page.length
  let expiredDrafts = 0
  for await (const page of expired(registry, 'listExpiredDrafts', pause))
    expiredDrafts += page.length
  const discarded = await registry.metadata.read(async (tx) => [
    ...(await tx.discards.list(MAX_ITEMS_PER_PAGE)),
    ...(await tx.runs.listDiscarded(MAX_ITEMS_PER_PAGE)),
  ])
  const counts = { unneededBlobs: 0, unneededBytes: 0, removableBlobs: 0, removableBytes: 0 }
  for await (const page of examineBlobs(registry, pause))
    for (const { needed, size, condemnedAt } of page) {
      if (needed) continue
      counts.unneededBlobs += 1
      counts.unneededBytes += size
      if (condemnedAt === null || condemnedAt > before) continue
      counts.removableBlobs += 1
      counts.removableBytes += size
    }
  return { expiredVersions, expiredDrafts, discarded: discarded.length, ...counts }
}

async function expireVersions(registry: Registry, pause: Pause): Promise<number> {
  let count = 0
  for await (const page of unusedVersions(registry, pause))
    for (const id of page) if (await expireVersion(registry, id)) count += 1
  return count
}

async function expireDrafts(registry: Registry, pause: Pause): Promise<number> {
  let count = 0
  for await (const page of expired(registry, 'listExpiredDrafts', pause))
    for (const { id } of page) {
      const work = registry.metadata.transaction((tx) => expireDraft(tx, id, registry.now()))
      if (await work) count += 1
    }
  return count
}

/** Expired versions that no alias but `latest` keeps: the others are not worth a lock each time. */
async function* unusedVersions(
  registry: ReadableRegistry,
  pause: Pause,
): AsyncGenerator<readonly string[]> {
  for await (const page of expired(registry, 'listExpiredVersions', pause)) {
    const ids = page.map(({ id }) => id)
    const used = await registry.metadata.read((tx) => findUsed(tx, ids))
    yield ids.filter((id) => !used.has(id))
  }
}

async function* expired(
  registry: ReadableRegistry,
  list: 'listExpiredDrafts' | 'listExpiredVersions',
  pause: Pause,
): AsyncGenerator<readonly Expired[]> {
  const before = registry.now()
  let after: Expired | null = null
  for (;;) {
    const from: Expired | null = after
    const page: readonly Expired[] = await registry.metadata.read((tx) =>
      tx.discards[list]({ before, after: from, limit: MAX_GARBAGE_STEP_ROWS }),
    )
    yield page
    if (page.length < MAX_GARBAGE_STEP_ROWS) return
    after = page.at(-1) ?? null
    await pause()
  }
}

/** Of these versions, those that an alias but `latest` points to. */
async function findUsed(tx: ReadTx, ids: readonly string[]): Promise<ReadonlySet<string>> {
  const members = await tx.memberships.listByVersions(ids)
  const borne = await tx.aliases.listBorne(members)
  const key = (place: { collectionId: string; index: number }) =>
    `${place.collectionId} ${place.index}`
  const used = new Set(borne.filter(({ alias }) => isInUse(alias)).map(key))
  return new Set(members.filter((member) => used.has(key(member))).map((m) => m.versionId))
}

async function removeDiscardedRuns(registry: Registry, pause: Pause): Promise<number> {
  let count = 0
  for (;;) {
    const [id] = await registry.metadata.read((tx) => tx.runs.listDiscarded(1))
    if (id === undefined) return count
    const work = registry.metadata.transaction((tx) =>
      tx.runs.removeDiscarded(id, MAX_GARBAGE_STEP_ROWS),
    )
    if (await work) count += 1
    await pause()
  }
}

async function removeDiscarded(registry: Registry, pause: Pause): Promise<number> {
  let count = 0
  for (;;) {
    const [id] = await registry.metadata.read((tx) => tx.discards.list(1))
    if (id === undefined) return count
    const work = registry.metadata.transaction((tx) =>
      tx.discards.remove(id, MAX_GARBAGE_STEP_ROWS),
    )
    if (await work) count += 1
    await pause()
  }
}
