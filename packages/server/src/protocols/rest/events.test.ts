import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { type TestContext, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { addVersion, collectionOf } from '../../../test/builders.ts'
import { EventSource } from '../../../test/event-source.ts'
import { createTestDatabase, skipPostgres } from '../../../test/postgres.ts'
import { collectionPath, logVersion, restClient } from '../../../test/rest-client.ts'
import { ADMIN_KEY, type TestApp, testApp, USER_KEY } from '../../../test/test-app.ts'
import type { Fact } from '../../core/model/event.ts'
import { hashStreamEvent, STREAM_START } from '../../core/model/stream-event.ts'
import { createRegistry } from '../../core/operations/create-registry.ts'
import { createToken } from '../../core/operations/create-token.ts'
import { createUser } from '../../core/operations/create-user.ts'
import { listTokens } from '../../core/operations/list-tokens.ts'
import { promote } from '../../core/operations/promote.ts'
import { revokeToken } from '../../core/operations/revoke-token.ts'
import type { MetadataStore } from '../../core/ports/metadata-store.ts'
import { openMetadataStore } from '../../metadata/open.ts'

const BOB_KEY = 'b'.repeat(40)
const PATH = collectionPath('classifier')
const OWNER = 'owner=projects/ada/demo'

// biome-ignore lint/suspicious/noExplicitAny: as the contract has them
type Events = any[]

/** The user `bob`, who owns nothing and sees nothing of ada's. */
async function addBob({ registry, admin }: TestApp): Promise<void> {
  await createUser(registry, admin, { username: 'bob', admin: false })
  await createToken(registry, admin, { username: 'bob', name: 'test', key: BOB_KEY })
}

async function promoteTo(app: TestApp, alias: string, version = 0): Promise<void> {
  const selector = { kind: 'index', index: version } as const
  await promote(app.registry, app.user, { collection: collectionOf(app.user), alias, selector })
}

function kindsOf(events: Events): string[] {
  return events.map(({ kind }) => kind)
}

test('pages lead through the whole stream, whose chain anybody can check', async (t) => {
  const app = await testApp(t)
  await addVersion(app.registry, app.user, { files: { 'a.bin': 'a' }, aliases: ['staging'] })
  await promoteTo(app, 'production')
  const call = restClient(app, ADMIN_KEY)
  const events: Events = []
  let path: string | null = '/events?limit=3'
  while (path !== null) {
    const answer = await call('GET', path)
    assert.equal(answer.status, 200)
    events.push(...answer.json.items)
    const { next, revision } = answer.json
    assert.equal(revision, events.length)
    path = next === null ? null : `/events?limit=3&cursor=${next}`
    const link = String(answer.headers.link ?? '')
    assert.equal(link.includes(`cursor=${next}`), next !== null)
  }
  assert.deepEqual(
    events.map(({ revision }) => revision),
    events.map((_, at) => at + 1),
  )
  let hash = STREAM_START.hash
  for (const event of events) {
    assert.equal(event.prevHash, hash)
    hash = hashStreamEvent(factFrom(event), event.revision, hash)
    assert.equal(event.hash, hash)
  }
  const moves = events.filter(({ kind }) => kind === 'alias.moved')
  assert.deepEqual(
    moves.map(({ alias, owner, collection, actor }) => [alias, owner.name, collection, actor]),
    [
      ['staging', 'demo', 'classifier', 'ada'],
      ['latest', 'demo', 'classifier', 'ada'],
      ['production', 'demo', 'classifier', 'ada'],
    ],
  )
})

function factFrom(event: Events[number]): Fact {
  const time = Date.parse(event.time) * 1000 + Number(/(\d{3})Z$/.exec(event.time)?.[1] ?? 0)
  const payload = JSON.stringify(event.payload)
  return { ...event, time, actorName: event.actor, payload }
}

test('filters: owner, collection, alias, kind, and from where on', async (t) => {
  const app = await testApp(t)
  const { registry, user } = app
  await addVersion(registry, user, { files: { 'a.bin': 'a' }, aliases: ['staging'] })
  const other = collectionOf(user, 'other', 'second')
  await addVersion(registry, user, { files: { 'a.bin': 'a' }, collection: other })
  const call = restClient(app, USER_KEY)
  const list = async (query: string): Promise<Events> => {
    const answer = await call('GET', `/events?${query}`)
    assert.equal(answer.status, 200, JSON.stringify(answer.json))
    return answer.json.items
  }
  const all = await list('limit=1000')
  const owned = await list(OWNER)
  assert.deepEqual(
    owned,
    all.filter(({ owner }) => owner?.name === 'demo'),
  )
  assert.ok(owned.length > 3 && owned.length < all.length)
  const inCollection = await list(`${OWNER}&collection=classifier`)
  assert.deepEqual(
    inCollection,
    owned.filter(({ collection }) => collection === 'classifier'),
  )
  assert.deepEqual(kindsOf(await list('alias=staging')), ['alias.moved'])
  const committed = await list('kind=version.committed')
  assert.deepEqual(
    committed.map(({ collection }) => collection),
    ['classifier', 'other'],
  )
  const { revision } = committed[0]
  assert.deepEqual(await list(`kind=version.committed&after=${revision}`), committed.slice(1))
  assert.deepEqual(await list(`after=${revision + 1_000}`), [])
})

test('what cannot be asked is refused, and what may not be seen is not there', async (t) => {
  const app = await testApp(t)
  await addBob(app)
  await addVersion(app.registry, app.user, { files: { 'a.bin': 'a' } })
  const bob = restClient(app, BOB_KEY)
  const ada = restClient(app, USER_KEY)
  const refused: readonly [typeof bob, string, number, string][] = [
    [bob, OWNER, 404, 'owner_not_found'],
    [ada, 'owner=projects/ada/none', 404, 'owner_not_found'],
    [ada, `${OWNER}&collection=none`, 404, 'collection_not_found'],
    [ada, 'collection=classifier', 400, 'request_invalid'],
    [ada, 'owner=ada/demo', 400, 'request_invalid'],
    [ada, 'after=-1', 400, 'request_invalid'],
    [ada, 'kind=alias.mved', 400, 'request_invalid'],
    [ada, 'colection=x', 400, 'request_invalid'],
    [ada, 'cursor=x', 422, 'cursor_invalid'],
  ]
  for (const [call, query, , code] of refused) {
    const answer = await call('GET', `/events?${query}`)
    assert.equal(answer.json.code, code, query)
    if (query.startsWith('cursor')) continue
    const watch = await call('GET', `/events/watch?${query}`)
    assert.equal(watch.json.code, code, query)
  }
  const headers = { 'last-event-id': 'seven' }
  const answer = await ada('GET', '/events/watch', { headers })
  assert.equal(answer.json.code, 'request_invalid')
})

test('each sees what they may read and what concerns themselves, administrators all', async (t) => {
  const app = await testApp(t)
  const { registry, admin, user } = app
  await addBob(app)
  await createRegistry(registry, admin, { entityName: 'greenroom-org', name: 'shared' })
  await addVersion(registry, user, { files: { 'a.bin': 'a' } })
  const listAs = async (key: string): Promise<Events> =>
    (await restClient(app, key)('GET', '/events?limit=1000')).json.items
  const all = await listAs(ADMIN_KEY)
  assert.ok(kindsOf(all).includes('registry.created') && kindsOf(all).includes('version.committed'))
  // The organization's registries are for all of its members to see.
  const notOfRegistries = (events: Events) =>
    kindsOf(events.filter(({ owner }) => owner?.kind !== 'registry'))
  const his = notOfRegistries(await listAs(BOB_KEY))
  assert.deepEqual(his, ['user.created', 'token.created'])
  const hers = await listAs(USER_KEY)
  assert.deepEqual(notOfRegistries(hers).slice(0, 2), ['user.created', 'token.created'])
  const mayNot = (event: Events[number]) =>
    event.owner === null
      ? event.payload.user !== 'ada'
      : event.owner.kind !== 'registry' && event.owner.entity !== 'ada'
  assert.deepEqual(hers.filter(mayNot), [])
  assert.deepEqual(
    hers,
    all.filter((event) => !mayNot(event)),
  )
})

test('no key, digest of a key or secret is in any event', async (t) => {
  const app = await testApp(t)
  await addBob(app)
  const call = restClient(app, USER_KEY)
  const made = await call('POST', '/users/ada/tokens', { body: { name: 'ci' } })
  await logVersion(app, call, PATH, { 'a.bin': 'a' }, { aliases: ['staging'] })
  const { metadata } = app.registry
  const facts = await metadata.read(({ events }) => events.page({ after: 0, limit: 1_000 }))
  const text = JSON.stringify(facts)
  assert.ok(facts.length > 8 && text.includes('ci'))
  const tokens = await metadata.read(async ({ users }) => [
    ...(await users.listTokens(app.user.userId)),
    ...(await users.listTokens(app.admin.userId)),
  ])
  const linkKey = await metadata.read(({ settings }) => settings.find('link-key'))
  const secrets = [ADMIN_KEY, USER_KEY, BOB_KEY, made.json.key, linkKey]
  for (const secret of [...secrets, ...tokens.map(({ keyDigest }) => keyDigest)]) {
    assert.ok(typeof secret === 'string' && secret.length > 20)
    assert.ok(!text.includes(secret))
  }
})

// ---------- watching ----------

async function watch(
  t: TestContext,
  app: TestApp,
  query = '',
  { key = USER_KEY, headers = {} }: { key?: string; headers?: Record<string, string> } = {},
): Promise<EventSource> {
  const source = await EventSource.open(`${app.url}/api/v1/events/watch?${query}`, key, headers)
  t.after(() => source.close())
  assert.equal(source.response.statusCode, 200)
  assert.equal(source.response.headers['content-type'], 'text/event-stream; charset=utf-8')
  await source.until(({ lastId }) => lastId >= 0)
  return source
}

/** On PostgreSQL a fact has its place some milliseconds after it is acknowledged. */
async function allPlaced({ registry }: TestApp): Promise<void> {
  const isDone = () =>
    registry.metadata.read(async ({ events }) => {
      const facts = await events.list({ after: 0, limit: 1_000 })
      return (await events.head()).revision === facts.length
    })
  while (!(await isDone())) await sleep(2)
}

async function storyOf(t: TestContext, app: TestApp): Promise<void> {
  await addVersion(app.registry, app.user, { files: { 'a.bin': 'a' } })
  await allPlaced(app)
  const all = await watch(t, app)
  const staging = await watch(t, app, `${OWNER}&collection=classifier&alias=staging`)
  const begun = all.lastId
  assert.ok(begun > 3)
  await promoteTo(app, 'staging')
  await promoteTo(app, 'production')
  await all.until(({ seen }) => seen.length === 2)
  assert.deepEqual(
    all.seen.map(({ id, data }) => [id, data.revision, data.alias]),
    [
      [begun + 1, begun + 1, 'staging'],
      [begun + 2, begun + 2, 'production'],
    ],
  )
  await staging.until(({ seen }) => seen.length === 1)
  const { json } = await restClient(app, USER_KEY)('GET', `/events?after=${begun}`)
  assert.deepEqual(
    all.seen.map(({ data }) => data),
    json.items,
  )
  // Who lost the connection goes on behind what it saw, whatever its address says.
  const headers = { 'last-event-id': String(begun + 1) }
  const again = await watch(t, app, 'after=0', { headers })
  await again.until(({ seen }) => seen.length === 1)
  assert.equal(again.seen[0]?.id, begun + 2)
  const fromStart = await watch(t, app, 'after=0&kind=version.committed')
  await fromStart.until(({ seen }) => seen.length === 1)
  assert.equal(staging.seen.length, 1)
  // Not closed by the test's end alone, which comes after the app's.
  for (const source of [all, staging, again, fromStart]) source.close()
}

test('watching, on SQLite', async (t) => {
  await storyOf(t, await testApp(t, { listen: true }))
})

test('watching, on PostgreSQL', { skip: skipPostgres }, async (t) => {
  const metadata = await openMetadataStore({ url: await createTestDatabase() })
  t.after(() => metadata.close())
  await storyOf(t, await testApp(t, { metadata, listen: true }))
})

test('a heartbeat comes every 15 s, and moves the id on over what was left out', async (t) => {
  t.mock.timers.enable({ apis: ['setInterval'] })
  const app = await testApp(t, { listen: true })
  await addVersion(app.registry, app.user, { files: { 'a.bin': 'a' } })
  const source = await watch(t, app, 'alias=production')
  const begun = source.lastId
  assert.match(source.text, /^retry: 2000\n/)
  await promoteTo(app, 'staging')
  // A moment later it has been looked at, and passed over: told with one of the next heartbeats.
  for (let beats = 1; source.lastId !== begun + 1; beats += 1) {
    assert.ok(beats < 100, 'no heartbeat tells of it')
    t.mock.timers.tick(15_000)
    await source.until(({ text }) => text.split(': still here').length > beats)
  }
  assert.match(source.text, new RegExp(`\n: still here\nid: ${begun + 1}\n\n$`))
  assert.equal(source.seen.length, 0)
  source.close()
})

// That it takes 5 s at the most is shown of `StandingRights`, by a clock of its own.
test('it ends after the revocation of its token, and no other does', async (t) => {
  const app = await testApp(t, { listen: true })
  const { registry, admin, user } = app
  await createToken(registry, admin, { username: 'ada', name: 'second', key: BOB_KEY })
  const revoked = await watch(t, app, '', { key: BOB_KEY })
  const kept = await watch(t, app)
  const token = (await listTokens(registry, user, { username: 'ada' })).find(
    ({ name }) => name === 'second',
  )
  await revokeToken(registry, user, { username: 'ada', tokenId: token?.id ?? '' })
  await revoked.until(({ isEnded }) => isEnded)
  assert.ok(revoked.response.complete)
  await addVersion(registry, user, { files: { 'a.bin': 'a' } })
  await kept.until(({ seen }) => seen.length > 3)
  assert.ok(!kept.isEnded)
  kept.close()
})

test('draining ends it, and the server waits for nobody who watches', async (t) => {
  const app = await testApp(t, { listen: true })
  const sources = [await watch(t, app), await watch(t, app, 'after=0')]
  // It would wait for ever: nothing else ends them.
  await app.app.close()
  for (const source of sources) {
    await source.until(({ isEnded }) => isEnded)
    assert.ok(source.response.complete)
  }
})

test('who never reads costs one batch, and finds everything when they do', async (t) => {
  const app = await testApp(t, { listen: true })
  const connections = new Set<Socket>()
  app.app.server.on('connection', (socket) => connections.add(socket))
  const stuck = connect(Number(new URL(app.url).port), '127.0.0.1')
  t.after(() => stuck.destroy())
  const ask = [
    'GET /api/v1/events/watch HTTP/1.1',
    'host: localhost',
    `authorization: Bearer ${ADMIN_KEY}`,
  ]
  stuck.write(`${ask.join('\r\n')}\r\n\r\n`)
  await once(stuck, 'readable')
  const [held] = connections
  assert.ok(held !== undefined)
  const fast = await watch(t, app, '', { key: ADMIN_KEY })
  const padding = 'x'.repeat(10_000)
  const total = 4_000
  let mostHeld = 0
  for (let written = 0; written < total; written += 100) {
    await app.registry.metadata.transaction(async ({ events }) => {
      for (let at = 0; at < 100; at += 1)
        await events.record({
          ...{ id: app.registry.newId(), kind: 'run.created', time: 0, actorId: 0, actorName: 'x' },
          ...{ ownerId: null, collectionId: null, alias: null },
          payload: JSON.stringify({ number: written + at, padding }),
        })
    })
    await fast.until(({ seen }) => seen.length >= written + 100)
    mostHeld = Math.max(mostHeld, held.writableLength)
  }
  // Not all 40 MB: what the system's buffers do not take is a batch of at most 100.
  assert.ok(mostHeld > 0, 'the reader was never slow')
  assert.ok(mostHeld < 2_500_000, `${mostHeld} bytes wait for one who does not read`)
  let text = ''
  stuck.setEncoding('latin1').on('data', (chunk: string) => {
    text += chunk.replaceAll(padding.slice(0, 100), '')
  })
  const numbers = () => [...text.matchAll(/"number":(\d+)/g)].map(([, number]) => Number(number))
  while (numbers().length < total) await sleep(20)
  assert.deepEqual(
    numbers(),
    Array.from({ length: total }, (_, at) => at),
  )
  stuck.destroy()
  fast.close()
})

test('nothing is left of a watcher who went away', async (t) => {
  const app = await testApp(t, { listen: true })
  const subscribed = countSubscribed(t, app.registry.metadata.stream)
  const sources = await Promise.all(Array.from({ length: 20 }, () => watch(t, app)))
  assert.equal(subscribed(), 20)
  for (const source of sources) source.close()
  for (let tries = 0; subscribed() > 0 && tries < 500; tries += 1) await sleep(10)
  assert.equal(subscribed(), 0)
})

test('who goes away while their watch begins leaves nothing either', async (t) => {
  const metadata = await openMetadataStore({ url: 'sqlite::memory:' })
  t.after(() => metadata.close())
  const app = await testApp(t, { metadata, listen: true })
  const isLeft = Promise.withResolvers<void>()
  const asked = Promise.withResolvers<void>()
  const subscribed = countSubscribed(t, metadata.stream)
  const { read } = metadata
  t.mock.method(metadata, 'read', async (work: Parameters<typeof read>[0]) => {
    asked.resolve()
    await isLeft.promise
    return read.call(metadata, work)
  })
  const { port } = new URL(app.url)
  const socket = connect(Number(port), '127.0.0.1')
  const [server] = await Promise.all([once(app.app.server, 'connection'), once(socket, 'connect')])
  const authorization = `authorization: Bearer ${USER_KEY}`
  const ask = ['GET /api/v1/events/watch HTTP/1.1', 'host: localhost', authorization]
  socket.write(`${ask.join('\r\n')}\r\n\r\n`)
  await asked.promise
  const gone = once(server[0] as Socket, 'close')
  socket.destroy()
  await gone
  isLeft.resolve()
  for (let tries = 0; tries < 50; tries += 1) await sleep(2)
  assert.equal(subscribed(), 0)
})

/** Counts who listens to the stream. */
function countSubscribed(t: TestContext, stream: MetadataStore['stream']): () => number {
  let subscribed = 0
  const { subscribe } = stream
  t.mock.method(stream, 'subscribe', (wake: () => void) => {
    subscribed += 1
    const stop = subscribe.call(stream, wake)
    return () => {
      subscribed -= 1
      stop()
    }
  })
  return () => subscribed
}
