import assert from 'node:assert/strict'
import type { Alias, Slot } from '../../src/core/model/alias.ts'
import type { Collection } from '../../src/core/model/collection.ts'
import type { ContentDigest } from '../../src/core/model/digest.ts'
import {
  FIRST_PREV_HASH,
  hashPointerEvent,
  type PointerEvent,
} from '../../src/core/model/pointer-event.ts'
import type { Stage } from '../../src/core/model/stage.ts'
import type { MetadataStore, ReadTx, Registry } from '../../src/core/registry.ts'

/**
 * What must hold of a collection after any history: I4, I5 and I17 of the promises, capacity, and
 * the undo stack that the rows keep against the one that the log folds to.
 */
export async function checkCollection(
  metadata: MetadataStore,
  collectionId: string,
): Promise<void> {
  await metadata.read(async (tx) => {
    const collection = await tx.collections.findById(collectionId)
    assert.ok(collection !== undefined)
    const log = await wholeLog(tx, collectionId)
    checkChain(collection, log)
    await checkNumbers(tx, collection)
    const stages = await tx.owners.stages(collection.ownerId)
    const aliases = await tx.aliases.list(collectionId)
    for (const alias of aliases)
      await checkAlias(
        tx,
        alias,
        log.filter((event) => event.alias === alias.name),
        stages,
      )
    const named = new Set(aliases.map((alias) => alias.name))
    for (const event of log) assert.ok(named.has(event.alias), `no row for alias ${event.alias}`)
    checkOneEntryAnAlias(log)
  })
}

/** What callers were told; all of it must be true, whatever went wrong meanwhile. */
export interface Acknowledged {
  readonly events: PointerEvent[]
  readonly commits: {
    readonly collectionId: string
    readonly index: number
    readonly versionId: string
    readonly blob: ContentDigest
  }[]
  /** Compare-and-sets that succeeded, as "collection alias generation". */
  readonly wins: string[]
}

/** I1 to I4, I6: nothing that was acknowledged is lost, and no compare-and-set was won twice. */
export async function checkAcknowledged(
  { metadata, blobs }: Pick<Registry, 'metadata' | 'blobs'>,
  { events, commits, wins }: Acknowledged,
): Promise<void> {
  assert.equal(new Set(wins).size, wins.length, 'a compare-and-set was won twice')
  for (const event of events) {
    const { collectionId, alias, generation } = event
    const kept = await metadata.read((tx) =>
      tx.pointerLog.findByGeneration(collectionId, alias, generation),
    )
    assert.deepEqual(kept, event, 'an acknowledged entry of the log')
  }
  for (const { collectionId, index, versionId, blob } of commits) {
    await metadata.read(async (tx) => {
      const member = await tx.memberships.find(collectionId, index)
      assert.equal(member?.versionId, versionId, 'an acknowledged commit')
      const version = await tx.versions.findById(versionId)
      if (version?.state === 'deleted') return
      const entry = await tx.manifests.find(versionId, 'a.bin')
      assert.equal(entry?.digest, blob)
      assert.ok((await tx.blobs.find(blob)) !== undefined)
    })
    assert.ok((await blobs.stat(blob)) !== undefined, 'the bytes of an acknowledged commit')
  }
}

async function wholeLog(tx: ReadTx, collectionId: string): Promise<readonly PointerEvent[]> {
  const log: PointerEvent[] = []
  let before: number | null = null
  for (;;) {
    const page: readonly PointerEvent[] = await tx.pointerLog.list({
      collectionId,
      alias: null,
      before,
      limit: 500,
    })
    log.push(...page)
    if (page.length < 500) return log.reverse()
    before = page.at(-1)?.seq ?? null
  }
}

function checkChain(collection: Collection, log: readonly PointerEvent[]): void {
  let prevHash = FIRST_PREV_HASH
  let time = 0
  log.forEach((event, at) => {
    assert.equal(event.seq, at + 1, 'seq without gap or twin')
    assert.equal(event.prevHash, prevHash, `prev_hash of seq ${event.seq}`)
    assert.equal(hashPointerEvent(event), event.hash, `hash of seq ${event.seq}`)
    assert.ok(event.time > time, 'times grow within a collection')
    prevHash = event.hash
    time = event.time
  })
  assert.equal(collection.logSeq, log.length)
  assert.equal(collection.logHash, prevHash)
}

async function checkNumbers(tx: ReadTx, collection: Collection): Promise<void> {
  const all = Array.from({ length: collection.nextIndex }, (_, at) => at)
  const members = await tx.memberships.findMany(collection.id, all)
  const seen = new Set(members.map((member) => member.index))
  assert.equal(seen.size, members.length, 'version numbers without twin')
  // A name that was used before goes on counting, also for a collection that comes to bear it.
  const missing = all.filter((index) => !seen.has(index))
  const elsewhere = missing.length === 0 ? new Set() : await numbersBeside(tx, collection)
  for (const index of missing) assert.ok(elsewhere.has(index), `no version was given v${index}`)
  assert.equal(await tx.memberships.find(collection.id, collection.nextIndex), undefined)
}

/** What the owner's other collections gave, those that have ended among them. */
async function numbersBeside(tx: ReadTx, { id, ownerId }: Collection): Promise<Set<number>> {
  const numbers = new Set<number>()
  const limit = 1_000
  let after: string | undefined = ''
  while (after !== undefined) {
    const page: readonly Collection[] = await tx.audit.collections({ after, limit })
    for (const other of page) {
      if (other.ownerId !== ownerId || other.id === id) continue
      const members = await tx.audit.memberships({ collectionId: other.id, after: -1, limit })
      for (const { index } of members) numbers.add(index)
    }
    after = page.length < limit ? undefined : page.at(-1)?.id
  }
  return numbers
}

async function checkAlias(
  tx: ReadTx,
  alias: Alias,
  events: readonly PointerEvent[],
  stages: readonly Stage[],
): Promise<void> {
  const fold = foldLog(events)
  assert.equal(alias.generation, events.length, `generation of ${alias.name}`)
  events.forEach((event, at) => {
    assert.equal(event.generation, at + 1)
    assert.equal(event.stackGeneration, fold.links[at], `stack link of ${alias.name} ${at + 1}`)
  })
  assert.equal(alias.topGeneration, fold.stack.at(-1) ?? 0, `stack top of ${alias.name}`)
  assert.equal(alias.slotCount, fold.slots.length, `slot count of ${alias.name}`)
  if (alias.slotCount === alias.slots.length) assert.deepEqual(alias.slots, fold.slots)
  const stage = stages.find((each) => each.name === alias.name)
  const capacity = stage === undefined ? 1 : stage.capacity
  if (capacity !== null) assert.ok(alias.slotCount <= capacity, `capacity of ${alias.name}`)
  for (const slot of alias.slots) {
    const member = await tx.memberships.find(alias.collectionId, slot.index)
    assert.ok(member !== undefined && member.deletedAt === null, 'points to a live membership')
    const version = await tx.versions.findById(member.versionId)
    assert.ok(version !== undefined && version.state !== 'deleted')
  }
}

/** The pointer is the fold of its log, and so is its undo stack. */
function foldLog(events: readonly PointerEvent[]): {
  readonly slots: readonly Slot[]
  readonly stack: readonly number[]
  readonly links: readonly number[]
} {
  let slots: readonly Slot[] = []
  const stack: number[] = []
  const links: number[] = []
  for (const event of events) {
    const { change, cause } = event
    if (change.kind === 'slots') {
      assert.deepEqual(change.from, slots, 'each entry names what came before')
      slots = change.to
    } else {
      const gone = new Set(change.removed)
      const came = change.added.map((index) => ({ index, label: 'default', weight: 1 }))
      slots = [...slots.filter((slot) => !gone.has(slot.index)), ...came].sort(
        (a, b) => b.index - a.index,
      )
    }
    if (cause === 'rollback') {
      while (stack.length > 0 && stack.at(-1) !== event.stackGeneration) stack.pop()
      links.push(stack.at(-1) ?? -1)
    } else {
      links.push(stack.at(-1) ?? 0)
      if (cause !== 'delete' && cause !== 'expiry') stack.push(event.generation)
    }
  }
  return { slots, stack, links }
}

function checkOneEntryAnAlias(log: readonly PointerEvent[]): void {
  const seen = new Set<string>()
  for (const { changeId, alias } of log) {
    const key = `${changeId} ${alias}`
    assert.ok(!seen.has(key), `two entries of ${alias} in one change`)
    seen.add(key)
  }
}
