import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type * as wire from '@greenroom/sdk/wire'
import { createTestDatabase, skipPostgres } from '../../packages/server/test/postgres.ts'
import { callerOf, listAll, type RestCaller } from '../rest.ts'
import { type StartedServer, startServer } from '../server.ts'
import { openWatchers, Watcher } from '../watchers.ts'

const WATCHERS = 1_000
const PROMOTIONS = process.argv.includes('--quick') ? 40 : 200
const WRITERS = 8
const WAIT_MILLISECONDS = 60_000
const COLLECTION = '/projects/admin/watched/collections/classifier'

test('1,000 watchers on one server see every event, once and in order', async (t) => {
  await watchAll(t, await startServer(t))
})

test('the same on PostgreSQL', { skip: skipPostgres }, async (t) => {
  const environment = { GREENROOM_DATABASE_URL: await createTestDatabase() }
  await watchAll(t, await startServer(t, { environment }))
})

async function watchAll(t: TestContext, { url, adminKey }: StartedServer): Promise<void> {
  const call = callerOf(url, adminKey)
  await logVersions(call)
  const begun = await lastRevision(call)
  const open = () => Watcher.open(url, adminKey, `after=${begun}`)
  const watchers = await openWatchers(WATCHERS, open)
  t.after(() => {
    for (const watcher of watchers) watcher.close()
  })
  const acknowledged = new Map<number, number>()
  for (let at = 1; at <= PROMOTIONS; at += 1) {
    const { generation } = await promote(call, 'steady', at)
    acknowledged.set(generation, performance.now())
    await sleep(20)
  }
  await Promise.all(
    Array.from({ length: WRITERS }, async (_, writer) => {
      for (let at = 1; at <= PROMOTIONS / WRITERS; at += 1)
        await promote(call, `writer-${writer}`, at)
    }),
  )
  const events = await placedEvents(call, begun)
  await until(() => watchers.every(({ revisions }) => revisions.length >= events.length))
  const expected = events.map(({ revision }) => revision)
  assert.deepEqual(
    expected,
    expected.map((_, at) => begun + at + 1),
  )
  for (const { revisions } of watchers) assert.deepEqual(revisions, expected)
  console.log(`${WATCHERS} watchers, ${events.length} events each: ${delays(watchers, events)}`)

  /** From the promotion's answer to each watcher's sight of it; a watcher may well be first. */
  function delays(all: readonly Watcher[], placed: readonly wire.StreamEvent[]): string {
    const milliseconds = placed.flatMap(({ alias, payload }, at) => {
      const answered = alias === 'steady' && acknowledged.get(Number(payload.generation))
      return answered ? all.map(({ times }) => Math.max(0, (times[at] ?? 0) - answered)) : []
    })
    assert.equal(milliseconds.length, WATCHERS * PROMOTIONS)
    milliseconds.sort((a, b) => a - b)
    const at = (share: number) => milliseconds[Math.floor(share * (milliseconds.length - 1))] ?? 0
    return `p50 ${at(0.5).toFixed(1)} ms, p99 ${at(0.99).toFixed(1)} ms`
  }
}

async function logVersions(call: RestCaller): Promise<void> {
  for (const at of [0, 1]) {
    // References need no bytes.
    const entries = [{ path: 'w', reference: `https://example.org/${at}` }]
    const body = { type: 'model', entries }
    const begun = await call({ method: 'POST', path: `${COLLECTION}/versions`, body })
    const path = `${COLLECTION}/drafts/${begun.json.id}/commit`
    assert.equal((await call({ method: 'POST', path })).status, 201)
  }
}

async function promote(call: RestCaller, alias: string, at: number): Promise<wire.AliasChange> {
  const body = { version: `v${at % 2}` }
  const answer = await call({ method: 'PUT', path: `${COLLECTION}/aliases/${alias}`, body })
  assert.equal(answer.status, 200, JSON.stringify(answer.json))
  return answer.json
}

/** Of the stream when nothing is on its way to it. */
async function lastRevision(call: RestCaller): Promise<number> {
  for (let before = -1; ; await sleep(100)) {
    const { json } = await call({ method: 'GET', path: '/events?limit=1000' })
    if (json.revision === before) return before
    before = json.revision
  }
}

async function placedEvents(call: RestCaller, after: number): Promise<wire.StreamEvent[]> {
  const isMove = ({ revision, kind }: wire.StreamEvent) =>
    revision > after && kind === 'alias.moved'
  for (;;) {
    const events = (await listAll<wire.StreamEvent>(call, '/events')).filter(isMove)
    if (events.length === 2 * PROMOTIONS) return events
    await sleep(50)
  }
}

async function until(condition: () => boolean): Promise<void> {
  const deadline = performance.now() + WAIT_MILLISECONDS
  while (!condition()) {
    assert(performance.now() < deadline, 'not all have seen all')
    await sleep(20)
  }
}
