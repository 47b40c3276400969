import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { addVersion, collectionOf } from '../../../test/builders.ts'
import { testApp } from '../../../test/test-app.ts'
import { RegistryError } from '../errors.ts'
import { MAX_EVENTS_PER_BATCH, MAX_EVENTS_SCANNED_PER_PAGE } from '../limits.ts'
import { type Actor, NO_RIGHTS, SYSTEM } from '../model/actor.ts'
import { EVENT_KINDS, type EventKind } from '../model/event.ts'
import type { StreamEvent } from '../model/stream-event.ts'
import type { Registry } from '../registry.ts'
import { isAskedFor, maySeeEvent } from '../rules/stream.ts'
import { listEvents } from './list-events.ts'
import { promote } from './promote.ts'
import { watchEvents } from './watch-events.ts'

async function recordMany(registry: Registry, kinds: readonly EventKind[]): Promise<void> {
  await registry.metadata.transaction(async ({ events }) => {
    for (const kind of kinds)
      await events.record({
        id: registry.newId(),
        kind,
        time: registry.now(),
        actorId: 0,
        actorName: 'system',
        ownerId: null,
        collectionId: null,
        alias: null,
        payload: '{}',
      })
  })
}

function headOf({ metadata }: Registry): Promise<number> {
  return metadata.read(async ({ events }) => (await events.head()).revision)
}

test('every kind of event that is declared is recorded by an operation', () => {
  const sources = readdirSync(import.meta.dirname, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
    .map((name) => readFileSync(join(import.meta.dirname, name), 'utf8'))
  const isRecorded = (kind: EventKind) => sources.some((text) => text.includes(`'${kind}'`))
  assert.deepEqual(
    EVENT_KINDS.filter((kind) => !isRecorded(kind)),
    [],
  )
})

test('a filter that fits nothing costs a bounded look, and leads on', async (t) => {
  const { registry, admin } = await testApp(t)
  const begun = await headOf(registry)
  for (let written = 0; written <= MAX_EVENTS_SCANNED_PER_PAGE; written += 1_000)
    await recordMany(
      registry,
      Array.from({ length: 1_000 }, () => 'run.created'),
    )
  await recordMany(registry, ['run.finished'])
  const input = { kind: 'run.finished', limit: 10 } as const
  const first = await listEvents(registry, admin, { ...input, after: begun })
  assert.deepEqual([first.events, first.isMore], [[], true])
  const looked = first.revision - begun
  assert.ok(looked >= MAX_EVENTS_SCANNED_PER_PAGE && looked < MAX_EVENTS_SCANNED_PER_PAGE + 1_000)
  const second = await listEvents(registry, admin, { ...input, after: first.revision })
  assert.deepEqual(
    [second.events.map(({ kind }) => kind), second.isMore],
    [['run.finished'], false],
  )
  assert.equal(second.revision, await headOf(registry))
})

test('a change that is lost at its end leaves no fact', async (t) => {
  const { registry, user } = await testApp(t)
  await addVersion(registry, user, { files: { 'a.bin': 'a' } })
  const before = await headOf(registry)
  const { metadata } = registry
  const losing: Registry = {
    ...registry,
    metadata: {
      read: (work) => metadata.read(work),
      transaction: (work) =>
        metadata.transaction(async (tx) => {
          await work(tx)
          throw new RegistryError('registry_unavailable', 'lost')
        }),
      dataVersion: () => metadata.dataVersion(),
      rightsVersion: () => metadata.rightsVersion(),
      stream: metadata.stream,
      close: () => metadata.close(),
    },
  }
  await assert.rejects(promoteTo(losing, user, 'staging'), /lost/)
  await sleep(20)
  assert.equal(await headOf(registry), before)
})

function promoteTo(registry: Registry, actor: Actor, alias: string): Promise<unknown> {
  const selector = { kind: 'index', index: 0 } as const
  return promote(registry, actor, { collection: collectionOf(actor), alias, selector })
}

// ---------- watching ----------

async function collect(
  t: TestContext,
  registry: Registry,
  actor: Actor,
  input: { readonly after?: number; readonly kind?: EventKind },
): Promise<{ seen: number[]; ended: Promise<void>; abort: AbortController }> {
  const abort = new AbortController()
  t.after(() => abort.abort())
  const watch = await watchEvents(registry, actor, { ...input, signal: abort.signal })
  const seen: number[] = []
  const read = async () => {
    for await (const { events } of watch.batches)
      seen.push(...events.map(({ revision }) => revision))
  }
  return { seen, ended: read(), abort }
}

async function until(condition: () => boolean): Promise<void> {
  for (let tries = 0; !condition(); tries += 1) {
    assert.ok(tries < 20_000, 'it never came')
    await sleep(2)
  }
}

test('a watcher gets what was before, what comes, and then nothing more', async (t) => {
  const { registry, admin } = await testApp(t)
  await recordMany(
    registry,
    Array.from({ length: 3 * MAX_EVENTS_PER_BATCH }, () => 'run.created'),
  )
  const { seen, ended, abort } = await collect(t, registry, admin, { after: 0 })
  for (let round = 0; round < 20; round += 1) await recordMany(registry, ['run.finished'])
  const total = await headOf(registry)
  await until(() => seen.length === total)
  assert.deepEqual(
    seen,
    Array.from({ length: total }, (_, at) => at + 1),
  )
  abort.abort()
  await ended
  await recordMany(registry, ['run.created'])
  await sleep(10)
  assert.equal(seen.length, total)
})

test('one who was slow reads on from the store, whatever has left the memory', async (t) => {
  const { registry, admin } = await testApp(t)
  const abort = new AbortController()
  const begun = await headOf(registry)
  const watch = await watchEvents(registry, admin, { signal: abort.signal })
  assert.equal(watch.after, begun)
  const batches = watch.batches[Symbol.asyncIterator]()
  const first = batches.next()
  await recordMany(registry, ['run.created'])
  assert.deepEqual((await first).value.events.length, 1)
  // They come in parts, as they would from many hands: more than the memory keeps.
  for (let part = 0; part < 30; part += 1)
    await recordMany(
      registry,
      Array.from({ length: 100 }, () => 'run.created'),
    )
  assert.equal(registry.metadata.stream.recent(begun + 1, 1), null)
  let last = begun + 1
  while (last < begun + 3_001) {
    const { value } = await batches.next()
    assert.ok(value.events.length <= MAX_EVENTS_PER_BATCH)
    for (const event of value.events as StreamEvent[]) {
      assert.equal(event.revision, last + 1)
      last = event.revision
    }
  }
  abort.abort()
  assert.equal((await batches.next()).done, true)
})

test('one who leaves in the middle is forgotten', async (t) => {
  const { registry, admin } = await testApp(t)
  const watch = await watchEvents(registry, admin, { after: 0, signal: AbortSignal.any([]) })
  for await (const { events } of watch.batches) {
    assert.ok(events.length > 0)
    break
  }
  // Only while somebody watches are events kept.
  const before = await headOf(registry)
  await recordMany(registry, ['run.created'])
  assert.equal(registry.metadata.stream.recent(before, 1), null)
})

// ---------- rules ----------

const ADA: Actor = {
  ...SYSTEM,
  userId: 7,
  username: 'ada',
  entityId: 70,
  admin: false,
  rights: {
    ...NO_RIGHTS,
    entityRoles: new Map([
      [70, 'admin'],
      [71, 'member'],
    ]),
  },
}

const DEMO = { id: 1, kind: 'project', name: 'demo', restricted: false } as const

function eventOf(rest: Partial<StreamEvent>): StreamEvent {
  const owner = { ...DEMO, entityId: 70, entityName: 'ada' }
  return {
    ...{ id: 'e', kind: 'alias.moved', time: 0, actorId: 8, actorName: 'bob', payload: '{}' },
    ...{ ownerId: 1, collectionId: 'c', alias: 'a', revision: 1, prevHash: '', hash: '' },
    ...{ owner, collectionName: 'c', ...rest },
  }
}

test('who may see an event', () => {
  const foreign = { ...DEMO, entityId: 80, entityName: 'bob' }
  const unowned = { ownerId: null, owner: null }
  const cases: readonly [StreamEvent, boolean][] = [
    [eventOf({}), true],
    [eventOf({ owner: foreign }), false],
    // What she did where she may no longer read stays out of her sight.
    [eventOf({ owner: foreign, actorId: 7 }), false],
    [eventOf({ owner: null }), false],
    [eventOf({ owner: null, actorId: 7 }), false],
    [eventOf(unowned), false],
    [eventOf({ ...unowned, actorId: 7 }), true],
    [eventOf({ ...unowned, payload: '{"user":"ada"}' }), true],
    [eventOf({ ...unowned, payload: '{"user":"ad"}' }), false],
    [eventOf({ ...unowned, payload: '{"name":"ada"}' }), false],
    // Her team's, those of the organization that she administers, and neither of others.
    [eventOf({ ...unowned, payload: '{"entityId":71}' }), true],
    [eventOf({ ...unowned, payload: '{"entityId":80,"organizationEntityId":70}' }), true],
    [eventOf({ ...unowned, payload: '{"entityId":80,"organizationEntityId":71}' }), false],
  ]
  for (const [event, isSeen] of cases) {
    assert.equal(maySeeEvent(ADA, event), isSeen, JSON.stringify(event))
    assert.equal(maySeeEvent({ ...ADA, admin: true, entityId: -1 }, event), true)
  }
})

test('which events are asked for', () => {
  const all = { ownerId: null, collectionId: null, alias: null, kind: null }
  const event = eventOf({})
  assert.ok(isAskedFor(all, event))
  const fitting = { ownerId: 1, collectionId: 'c', alias: 'a', kind: 'alias.moved' } as const
  assert.ok(isAskedFor(fitting, event))
  const others = [{ ownerId: 2 }, { collectionId: 'd' }, { alias: 'b' }, { kind: 'run.created' }]
  for (const other of others)
    assert.ok(!isAskedFor({ ...fitting, ...(other as Partial<typeof fitting>) }, event))
})
