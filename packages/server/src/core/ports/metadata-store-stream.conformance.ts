import assert from 'node:assert/strict'
import { it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Fact } from '../model/event.ts'
import { hashStreamEvent, STREAM_START, type StreamEvent } from '../model/stream-event.ts'
import type { MetadataStore } from './metadata-store.ts'
import {
  type Context,
  freshId,
  insertCollection,
  insertProject,
  TIME,
} from './metadata-store-fixture.conformance.ts'

const WAIT_MILLISECONDS = 60_000

export function testStream(context: Context, open: () => Promise<MetadataStore>): void {
  testPlaces(context)
  testReading(context)
  testWatching(context)
  testLoad(context)
  it('an empty stream has no event, and its head is where the chain begins', async () => {
    const store = await open()
    const read = await store.read(async ({ events }) => [
      await events.head(),
      await events.page({ after: 0, limit: 9 }),
    ])
    assert.deepEqual(read, [STREAM_START, []])
    assert.deepEqual(store.stream.recent(0, 9), [])
    await store.close()
  })
}

export function factOf(rest: Partial<Fact> = {}): Fact {
  return {
    id: freshId('fact'),
    kind: 'alias.moved',
    time: TIME,
    actorId: 7,
    actorName: 'ann',
    ownerId: null,
    collectionId: null,
    alias: null,
    payload: '{}',
    ...rest,
  }
}

export function recordAll(store: MetadataStore, facts: readonly Fact[]): Promise<void> {
  return store.transaction(async ({ events }) => {
    for (const fact of facts) await events.record(fact)
  })
}

/** The whole stream after a revision, once it has at least so many events. */
export async function readStream(
  store: MetadataStore,
  after: number,
  atLeast: number,
): Promise<readonly StreamEvent[]> {
  const deadline = Date.now() + WAIT_MILLISECONDS
  for (;;) {
    const all: StreamEvent[] = []
    for (let page: readonly StreamEvent[] | undefined; page?.length !== 0; all.push(...page)) {
      const from = all.at(-1)?.revision ?? after
      page = await store.read(({ events }) => events.page({ after: from, limit: 500 }))
    }
    if (all.length >= atLeast) return all
    assert(Date.now() < deadline, `${all.length} of ${atLeast} facts have a place`)
    await sleep(5)
  }
}

/** Its revisions have no gap, and each event's hash takes in the one before. */
export function assertChain(before: StreamEvent | null, events: readonly StreamEvent[]): void {
  let { revision, hash } = before ?? STREAM_START
  for (const event of events) {
    revision += 1
    assert.equal(event.revision, revision)
    assert.equal(event.prevHash, hash, `the chain breaks at ${revision}`)
    assert.equal(event.hash, hashStreamEvent(event, revision, hash), `hash of ${revision}`)
    hash = event.hash
  }
}

/** The last revision, once everything committed has its place: what follows has a later one. */
async function headOf(store: MetadataStore): Promise<number> {
  const mark = factOf()
  await recordAll(store, [mark])
  const deadline = Date.now() + WAIT_MILLISECONDS
  for (;;) {
    const { revision } = await store.read(({ events }) => events.head())
    const [last] = await store.read(({ events }) => events.page({ after: revision - 1, limit: 1 }))
    if (last?.id === mark.id) return revision
    assert(Date.now() < deadline, 'a fact has no place')
    await sleep(5)
  }
}

function idsOf(events: readonly Fact[]): string[] {
  return events.map(({ id }) => id)
}

function testPlaces({ store }: Context): void {
  it('committed facts get the next places in order of arrival, in one chain', async () => {
    await headOf(store())
    const all = await readStream(store(), 0, 0)
    const facts = [
      factOf({ ownerId: 999_999, collectionId: 'gone', alias: 'ä', payload: '{"é":"😀"}' }),
      factOf({ kind: 'user.created', time: TIME - 5 }),
    ]
    await recordAll(store(), facts)
    await recordAll(store(), [])
    const third = factOf()
    await recordAll(store(), [third])
    const events = await readStream(store(), all.length, 3)
    assert.deepEqual(idsOf(events), idsOf([...facts, third]))
    assertChain(all.at(-1) ?? null, events)
    const { revision, hash, prevHash, owner, collectionName, ...fact } = events[0] ?? assert.fail()
    assert.deepEqual(fact, facts[0])
    assert.deepEqual({ owner, collectionName }, { owner: null, collectionName: null })
    const head = await store().read((tx) => tx.events.head())
    assert.equal(head.revision, all.length + 3)
    assert.equal(head.hash, events[2]?.hash)
  })

  it('what was refused has no place, and leaves no gap', async () => {
    await headOf(store())
    const all = await readStream(store(), 0, 0)
    const before = all.length
    const lost = factOf()
    const refused = store().transaction(async ({ events }) => {
      await events.record(lost)
      throw new Error('refused')
    })
    await assert.rejects(refused, /refused/)
    const kept = factOf()
    await recordAll(store(), [kept])
    const events = await readStream(store(), before, 1)
    assert.deepEqual(idsOf(events), [kept.id])
    assertChain(all.at(-1) ?? null, events)
  })

  it('more facts of one work than are placed at once', async () => {
    const before = await headOf(store())
    const facts = Array.from({ length: 2_100 }, () => factOf())
    await recordAll(store(), facts)
    assert.deepEqual(idsOf(await readStream(store(), before, facts.length)), idsOf(facts))
  })
}

function testReading({ store }: Context): void {
  it('a page begins after a revision, holds so many, and names owner and collection', async () => {
    const before = await headOf(store())
    const [owner, collection] = await store().transaction(async (tx) => {
      const owner = await insertProject(tx)
      const collection = await insertCollection(tx)
      await tx.events.record(factOf({ ownerId: owner.id, collectionId: collection.id }))
      await tx.events.record(factOf({ ownerId: owner.id }))
      return [owner, collection]
    })
    await readStream(store(), before, 2)
    const page = await store().read((tx) => tx.events.page({ after: before, limit: 1 }))
    const { id, kind, entityId, entityName, name, restricted } = owner
    assert.equal(page.length, 1)
    assert.deepEqual(page[0]?.owner, { id, kind, entityId, entityName, name, restricted })
    assert.equal(page[0]?.collectionName, collection.name)
    // Names are those of now, and what was deleted keeps its last one.
    await store().transaction(async (tx) => {
      await tx.owners.update({ ...owner, name: 'renamed' })
      await tx.owners.end({ ...owner, name: 'renamed' }, TIME)
    })
    const later = await store().read((tx) => tx.events.page({ after: before + 1, limit: 9 }))
    assert.equal(later[0]?.owner?.name, 'renamed')
    assert.equal(later[0]?.collectionName, null)
  })
}

function testWatching({ store }: Context): void {
  it('who subscribes is woken by what is committed, and finds it in memory', async () => {
    const before = await headOf(store())
    // What follows the stream for this process comes there a moment later than who reads it.
    await until(() => store().stream.recent(before - 1, 1)?.length !== 0)
    let wakes = 0
    const stop = store().stream.subscribe(() => {
      wakes += 1
    })
    const facts = [factOf(), factOf(), factOf()]
    await recordAll(store(), facts.slice(0, 2))
    await until(() => store().stream.recent(before, 1)?.length === 1)
    await until(() => wakes > 0)
    assert.deepEqual(store().stream.recent(before, 1)?.map(idOf), [facts[0]?.id])
    await recordAll(store(), facts.slice(2))
    await until(() => store().stream.recent(before, 9)?.length === 3)
    const recent = store().stream.recent(before, 9)
    assert.deepEqual(recent, await readStream(store(), before, 3))
    assert.deepEqual(store().stream.recent(before + 3, 9), [])
    assert.deepEqual(store().stream.recent(before + 4, 9), [])
    assert.equal(store().stream.recent(before - 1, 9), null)
    stop()
    stop()
    const woken = wakes
    await recordAll(store(), [factOf()])
    await readStream(store(), before, 4)
    await sleep(20)
    assert.equal(wakes, woken)
  })
}

function testLoad({ store }: Context): void {
  it('64 writers: every fact once, in the order of each log, and as they followed', async () => {
    const before = await headOf(store())
    const collections = await store().transaction(async (tx) => {
      const made: string[] = []
      while (made.length < 8) made.push((await insertCollection(tx)).id)
      return made
    })
    const written = new Set<string>()
    const followed = new Map<string, string>()
    await Promise.all(
      Array.from({ length: 64 }, async (_, writer) => {
        let last: string | undefined
        for (let round = 0; round < 10; round += 1) {
          const collectionId = collections[(writer + round) % collections.length] ?? ''
          const id = await countUp(store(), collectionId, writer % 3 === 0)
          if (last !== undefined) followed.set(id, last)
          written.add(id)
          last = id
        }
      }),
    )
    const events = (await readStream(store(), before, written.size)).filter(
      ({ id, collectionId }) => written.has(id) || collections.includes(collectionId ?? ''),
    )
    const placed = new Map(events.map(({ id, revision }) => [id, revision]))
    assert.equal(events.length, written.size, 'a fact has no place, or two')
    assert.deepEqual(new Set(placed.keys()), written)
    for (const id of collections) {
      const seqs = events
        .filter(({ collectionId }) => collectionId === id)
        .map(({ payload }) => Number(JSON.parse(payload).seq))
      assert.deepEqual(
        seqs,
        seqs.map((_, at) => at + 1),
      )
    }
    for (const [id, earlier] of followed)
      assert((placed.get(earlier) ?? 0) < (placed.get(id) ?? 0), 'what followed came before')
  })
}

/**
 * Writes a fact with the collection's next number under its lock. `early` makes the transaction old
 * before it comes to the lock, so that the order of transactions is not that of the log.
 */
export function countUp(
  store: MetadataStore,
  collectionId: string,
  early: boolean,
): Promise<string> {
  return store.transaction(async (tx) => {
    if (early) await tx.settings.put(freshId('early'), 'x')
    const collection = await tx.collections.lock(collectionId)
    assert(collection !== undefined)
    const seq = collection.logSeq + 1
    await tx.collections.update({ ...collection, logSeq: seq })
    const fact = factOf({ collectionId, payload: JSON.stringify({ seq }) })
    await tx.events.record(fact)
    return fact.id
  })
}

function idOf({ id }: Fact): string {
  return id
}

async function until(condition: () => boolean): Promise<void> {
  const deadline = Date.now() + WAIT_MILLISECONDS
  while (!condition()) {
    assert(Date.now() < deadline, 'it never came')
    await sleep(2)
  }
}
