import { MAX_GARBAGE_STEP_ROWS } from '../../limits.ts'
import type { ContentDigest } from '../../model/digest.ts'
import type { ExaminedBlob, ReadableRegistry, Registry } from '../../registry.ts'

/** Awaited between steps: lets requests go first. Throws to end the whole. */
export type Pause = () => Promise<void>

/** All blobs with whether something needs them, page by page, in order of digest. */
export async function* examineBlobs(
  registry: ReadableRegistry,
  pause: Pause,
): AsyncGenerator<readonly ExaminedBlob[]> {
  let after: string | undefined = ''
  while (after !== undefined) {
    const from: string = after
    const page: readonly ExaminedBlob[] = await registry.metadata.read((tx) =>
      tx.garbage.examine({ after: from, limit: MAX_GARBAGE_STEP_ROWS }),
    )
    yield page
    after = page.length < MAX_GARBAGE_STEP_ROWS ? undefined : page.at(-1)?.digest
    await pause()
  }
}

/**
 * Lets the grace of blobs begin that nothing needs, and ends it for those that something needs
 * again. Nothing is decided here: what is condemned is looked at once more, under its lock, before
 * it goes.
 */
export async function condemnBlobs(
  registry: Registry,
  pause: Pause,
): Promise<{ readonly condemned: number; readonly takenBack: number }> {
  let condemned = 0
  let takenBack = 0
  for await (const page of examineBlobs(registry, pause)) {
    const fresh = page.filter(({ needed, condemnedAt }) => !needed && condemnedAt === null)
    const back = page.filter(({ needed, condemnedAt }) => needed && condemnedAt !== null)
    if (fresh.length + back.length === 0) continue
    await registry.metadata.transaction(async (tx) => {
      await tx.garbage.condemn(digestsOf(fresh), registry.now())
      await tx.garbage.takeBack(digestsOf(back))
    })
    condemned += fresh.length
    takenBack += back.length
  }
  return { condemned, takenBack }
}

/**
 * Finds bytes without a row: their upload broke off between the two. The store's listing only names
 * candidates; each gets a condemned row, which an upload of the same bytes still takes back.
 */
export async function adoptOrphans(registry: Registry, pause: Pause): Promise<number> {
  let adopted = 0
  for await (const orphans of findOrphans(registry, pause)) {
    await registry.metadata.transaction((tx) => tx.garbage.adopt(orphans, registry.now()))
    adopted += orphans.length
  }
  return adopted
}

interface StoredBytes {
  readonly digest: ContentDigest
  readonly size: number
}

/** Bytes in the store of which there is no row, some at a time. */
export async function* findOrphans(
  registry: ReadableRegistry,
  pause: Pause,
): AsyncGenerator<readonly StoredBytes[]> {
  let page: StoredBytes[] = []
  const orphansOf = async (stored: readonly StoredBytes[]) => {
    const digests = stored.map(({ digest }) => digest)
    const unknown = await registry.metadata.read((tx) => tx.garbage.listUnknown(digests))
    const set = new Set(unknown)
    return stored.filter(({ digest }) => set.has(digest))
  }
  for await (const stored of registry.blobs.list()) {
    page.push(stored)
    if (page.length < MAX_GARBAGE_STEP_ROWS) continue
    yield await orphansOf(page)
    page = []
    await pause()
  }
  yield await orphansOf(page)
}

export function digestsOf(blobs: readonly StoredBytes[]): readonly ContentDigest[] {
  return blobs.map(({ digest }) => digest)
}
