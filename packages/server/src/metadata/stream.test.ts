import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { Client } from 'pg'
import { createTestDatabase, query, skipPostgres } from '../../test/postgres.ts'
import { MAX_RECENT_EVENTS } from '../core/limits.ts'
import { STREAM_START, type StreamEvent } from '../core/model/stream-event.ts'
import type { MetadataStore } from '../core/ports/metadata-store.ts'
import { insertCollection } from '../core/ports/metadata-store-fixture.conformance.ts'
import {
  assertChain,
  countUp,
  factOf,
  readStream,
  recordAll,
} from '../core/ports/metadata-store-stream.conformance.ts'
import { openMetadataStore } from './open.ts'
import { StreamTail } from './stream-tail.ts'

const folder = mkdtempSync(join(tmpdir(), 'greenroom-stream-'))
after(() => rmSync(folder, { recursive: true }))

let files = 0
function sqlitePath(): string {
  files += 1
  return join(folder, `${files}.db`)
}

function headOf(store: MetadataStore) {
  return store.read(({ events }) => events.head())
}

const DATABASES: readonly [name: string, url: () => Promise<string>, skip: string | false][] = [
  ['SQLite', async () => sqlitePath(), false],
  ['PostgreSQL', createTestDatabase, skipPostgres],
]

for (const [name, freshUrl, skip] of DATABASES)
  describe(`the stream over time, on ${name}`, { skip }, () => {
    it('goes on without gap or twin after closing and opening again', async () => {
      const url = await freshUrl()
      const ids: string[] = []
      // It closes at the moment of the last answer, which a sequencer is then in any state for.
      for (let round = 0; round < 8; round += 1) {
        const store = await openMetadataStore({ url })
        const { revision } = await headOf(store)
        const facts = Array.from({ length: 20 }, () => factOf())
        await Promise.all(facts.map((fact) => recordAll(store, [fact])))
        await store.close()
        assert.equal(revision, ids.length)
        ids.push(...facts.map(({ id }) => id))
      }
      const store = await openMetadataStore({ url })
      const events = await readStream(store, 0, ids.length)
      assert.equal(events.length, ids.length)
      assert.deepEqual(new Set(events.map(({ id }) => id)), new Set(ids))
      assertChain(null, events)
      await store.close()
    })
  })

describe('the stream in SQLite', () => {
  it('has what is acknowledged when it is acknowledged', async () => {
    const store = await openMetadataStore({ url: sqlitePath() })
    for (let revision = 1; revision <= 20; revision += 1) {
      await recordAll(store, [factOf()])
      assert.equal((await headOf(store)).revision, revision)
    }
    await store.close()
  })

  it('is only ever inserted into', async () => {
    const path = sqlitePath()
    const store = await openMetadataStore({ url: path })
    await recordAll(store, [factOf()])
    await store.close()
    const database = new DatabaseSync(path)
    for (const statement of ['delete from stream', "update stream set hash = ''"])
      assert.throws(() => database.exec(statement), /append-only/)
    database.close()
  })
})

describe('the stream in PostgreSQL', { skip: skipPostgres }, () => {
  it('is only ever inserted into', async () => {
    const url = await createTestDatabase()
    const store = await openMetadataStore({ url })
    await recordAll(store, [factOf()])
    await readStream(store, 0, 1)
    await store.close()
    for (const statement of [
      'delete from stream',
      "update stream set hash = ''",
      'truncate stream',
    ])
      await assert.rejects(query(url, statement), /append-only/)
  })

  it('leaves out no fact whose transaction is the older one and commits last', async () => {
    const url = await createTestDatabase()
    const store = await openMetadataStore({ url })
    const late = new Client({ connectionString: url })
    await late.connect()
    await late.query('begin')
    await late.query(RAW_FACT)
    // Its position is the lowest; others pass it, and are placed while it runs.
    const passing = [factOf(), factOf(), factOf()]
    for (const fact of passing) await recordAll(store, [fact])
    await readStream(store, 0, passing.length)
    await late.query('commit')
    await late.end()
    const events = await readStream(store, 0, passing.length + 1)
    assert.deepEqual(
      events.map(({ id }) => id),
      [...passing.map(({ id }) => id), 'raw'],
    )
    assertChain(null, events)
    await store.close()
  })

  it('keeps a collection’s order where who comes second has the older transaction', async () => {
    const url = await createTestDatabase()
    const store = await openMetadataStore({ url })
    const { id } = await store.transaction(insertCollection)
    // The oldest of all: whoever looks only below it sees the second of the two, not the first.
    const oldest = new Client({ connectionString: url })
    await oldest.connect()
    const begun = Promise.withResolvers<void>()
    const first = Promise.withResolvers<void>()
    const second = store.transaction(async (tx) => {
      await tx.settings.put('older', 'x')
      begun.resolve()
      await first.promise
      const collection = await tx.collections.lock(id)
      assert(collection !== undefined)
      await tx.events.record(factOf({ collectionId: id, payload: '{"seq":2}' }))
    })
    await begun.promise
    await oldest.query('begin')
    await oldest.query('select pg_current_xact_id()')
    await countUp(store, id, false)
    first.resolve()
    await second
    const events = await readStream(store, 0, 2)
    assert.deepEqual(
      events.map(({ payload }) => JSON.parse(payload).seq),
      [1, 2],
    )
    await oldest.query('rollback')
    await oldest.end()
    await store.close()
  })

  it('gets the facts of a process that died before it placed them', async () => {
    const url = await createTestDatabase()
    const store = await openMetadataStore({ url })
    await query(url, RAW_FACT)
    const [event] = await readStream(store, 0, 1)
    assert.equal(event?.id, 'raw')
    await store.close()
  })

  it('goes on when its connection is lost', async () => {
    const url = await createTestDatabase()
    const troubles: unknown[] = []
    const store = await openMetadataStore({ url, onTrouble: (error) => troubles.push(error) })
    const seen: number[] = []
    const stop = follow(store, seen)
    await recordAll(store, [factOf()])
    await readStream(store, 0, 1)
    await until(() => seen.length === 1)
    const ours =
      'from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()'
    const terminated = await query(url, `select pid, pg_terminate_backend(pid) ${ours}`)
    const pids = (terminated as readonly { readonly pid: number }[]).map(({ pid }) => pid)
    while ((await query(url, `select ${ours} and pid in (${pids})`)).length > 0) await sleep(5)
    // One more for each of the pool that has not been heard to be gone; nothing comes of those.
    const fact = factOf()
    for (let tries = pids.length; ; tries -= 1)
      try {
        await recordAll(store, [fact])
        break
      } catch (error) {
        if (tries === 0) throw error
      }
    await until(() => seen.length === 2)
    assert.deepEqual(seen, [1, 2])
    assert.equal(troubles.length, 1)
    stop()
    await store.close()
  })

  it('says once that it stands still, and goes on when it can', async () => {
    const url = await createTestDatabase()
    const troubles: unknown[] = []
    const store = await openMetadataStore({ url, onTrouble: (error) => troubles.push(error) })
    await query(url, 'alter table stream rename to elsewhere')
    const facts = [factOf(), factOf()]
    for (const fact of facts) await recordAll(store, [fact])
    await until(() => troubles.length > 0)
    await sleep(2_500)
    assert.match(String(troubles), /"stream" does not exist/)
    assert.equal(troubles.length, 1)
    await query(url, 'alter table elsewhere rename to stream')
    const events = await readStream(store, 0, facts.length)
    assert.deepEqual(
      events.map(({ id }) => id),
      facts.map(({ id }) => id),
    )
    await store.close()
  })

  it('of two servers that both write: each sees everything once, in one order', async () => {
    const url = await createTestDatabase()
    const stores = [await openMetadataStore({ url }), await openMetadataStore({ url })]
    const [one, two] = stores
    assert(one !== undefined && two !== undefined)
    const seen: number[][] = [[], []]
    const stops = stores.map((store, at) => follow(store, seen[at] ?? []))
    const ids = new Set<string>()
    await Promise.all(
      Array.from({ length: 32 }, async (_, writer) => {
        for (let round = 0; round < 10; round += 1) {
          const fact = factOf()
          ids.add(fact.id)
          await recordAll(stores[(writer + round) % 2] ?? one, [fact])
        }
      }),
    )
    await until(() => seen.every((revisions) => revisions.length >= ids.size))
    const expected = Array.from({ length: ids.size }, (_, at) => at + 1)
    assert.deepEqual(seen, [expected, expected])
    const events = await readStream(two, 0, ids.size)
    assert.deepEqual(new Set(events.map(({ id }) => id)), ids)
    assertChain(null, events)
    for (const stop of stops) stop()
    for (const store of stores) await store.close()
  })
})

describe('the newest events in memory', () => {
  it('are bounded, and begin anew where some were skipped', () => {
    const tail = new StreamTail(0)
    tail.append(eventsFrom(1, 3 * MAX_RECENT_EVENTS))
    const last = 3 * MAX_RECENT_EVENTS
    assert.equal(tail.recent(last - MAX_RECENT_EVENTS - 1, 1), null)
    assert.deepEqual(revisions(tail.recent(last - MAX_RECENT_EVENTS, 2)), [
      last - MAX_RECENT_EVENTS + 1,
      last - MAX_RECENT_EVENTS + 2,
    ])
    tail.skipTo(last + 10)
    assert.equal(tail.recent(last, 1), null)
    assert.deepEqual(tail.recent(last + 10, 1), [])
    tail.append(eventsFrom(last + 11, 2))
    assert.deepEqual(revisions(tail.recent(last + 10, 9)), [last + 11, last + 12])
    assert.throws(() => tail.append(eventsFrom(last + 14, 1)), /gap/)
  })
})

const RAW_FACT = `insert into event (id, kind, time, actor_id, actor_name, payload)
  values ('raw', 'user.created', 1, 1, 'ann', '{}')`

/** Notes the revisions that a watcher sees; gives the way to stop. */
function follow(store: MetadataStore, seen: number[]): () => void {
  return store.stream.subscribe(() => {
    const events = store.stream.recent(seen.at(-1) ?? 0, 10_000)
    assert(events !== null, 'it does not reach back to what this watcher saw last')
    seen.push(...events.map(({ revision }) => revision))
  })
}

function eventsFrom(revision: number, count: number): StreamEvent[] {
  const names = { owner: null, collectionName: null }
  return Array.from({ length: count }, (_, at) => ({
    ...factOf(),
    ...names,
    revision: revision + at,
    prevHash: STREAM_START.hash,
    hash: STREAM_START.hash,
  }))
}

function revisions(events: readonly StreamEvent[] | null): number[] | undefined {
  return events?.map(({ revision }) => revision)
}

async function until(condition: () => boolean): Promise<void> {
  for (let tries = 0; !condition(); tries += 1) {
    assert(tries < 10_000, 'it never came')
    await sleep(5)
  }
}
