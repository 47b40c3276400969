import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import type * as wire from '@greenroom/sdk/wire'
import {
  collectionPath,
  logVersion,
  type RestClient,
  rehash,
  restClient,
} from '../../../test/rest-client.ts'
import { testApp, USER_KEY } from '../../../test/test-app.ts'
import { FIRST_PREV_HASH } from '../../core/model/pointer-event.ts'

const PATH = collectionPath('classifier')
const PRODUCTION = `${PATH}/aliases/production`

/** A collection of `count` versions. */
async function versions(t: TestContext, count: number): Promise<RestClient> {
  const app = await testApp(t)
  const call = restClient(app, USER_KEY)
  for (let index = 0; index < count; index++)
    assert.equal((await logVersion(app, call, PATH, { w: `weights ${index}` })).status, 201)
  return call
}

test('an alias has its generation as ETag, while vacant too', async (t) => {
  const call = await versions(t, 2)
  const unknown = await call('GET', PRODUCTION)
  assert.deepEqual([unknown.status, unknown.json.code], [404, 'alias_unknown'])
  await call('PUT', PRODUCTION, { body: { version: 'v0' } })
  const set = await call('GET', PRODUCTION)
  assert.deepEqual([set.status, set.headers.etag, set.json.generation], [200, '"1"', 1])
  assert.equal(set.json.lastMove.actor, 'ada')
  const same = await call('GET', PRODUCTION, { headers: { 'if-none-match': '"1"' } })
  assert.deepEqual([same.status, same.headers.etag, same.bytes.length], [304, '"1"', 0])
  assert.equal((await call('DELETE', PRODUCTION)).headers.etag, '"2"')
  const vacant = await call('GET', PRODUCTION)
  assert.deepEqual([vacant.status, vacant.json.code], [404, 'alias_vacant'])
  assert.equal(vacant.headers.etag, '"2"')
  assert.deepEqual(
    [vacant.json.details.lastBearers, vacant.json.details.emptiedBy],
    [['v0'], 'ada'],
  )
  // The ETag of the vacant one is what to expect when setting it.
  const headers = { 'if-match': String(vacant.headers.etag) }
  const put = await call('PUT', PRODUCTION, { body: { version: 'v1' }, headers })
  assert.deepEqual([put.status, put.json.generation], [200, 3])
})

test('a lost compare-and-set shows what is there now', async (t) => {
  const call = await versions(t, 3)
  await call('PUT', PRODUCTION, { body: { version: 'v0' } })
  const lost = [
    { headers: { 'if-match': '"7"' }, body: { version: 'v1' } },
    { headers: { 'if-none-match': '*' }, body: { version: 'v1' } },
    { body: { version: 'v1', expect: 0 } },
    { body: { version: 'v1', expect: 'vacant' } },
    { body: { version: 'v1', expect: 'v2' } },
    { body: { slots: [{ version: 'v1' }], expect: 'v2' } },
  ]
  for (const options of lost) {
    const answer = await call('PUT', PRODUCTION, options)
    assert.deepEqual([answer.status, answer.json.code], [412, 'generation_mismatch'])
    assert.equal(answer.headers.etag, '"1"')
    assert.deepEqual(answer.json.details, {
      alias: 'production',
      generation: 1,
      slots: [{ version: 'v0', label: 'default', weight: 1 }],
    })
  }
  for (const [method, path] of [
    ['DELETE', PRODUCTION],
    ['DELETE', `${PRODUCTION}?version=v0`],
    ['POST', `${PRODUCTION}/rollback`],
  ] as const) {
    const answer = await call(method, path, { headers: { 'if-match': '"7"' } })
    assert.deepEqual([answer.status, answer.headers.etag], [412, '"1"'], path)
  }
  const won = await call('PUT', PRODUCTION, { body: { version: 'v1', expect: 'v0' } })
  assert.deepEqual([won.status, won.json.generation], [200, 2])
})

test('an expectation that cannot be read is refused, never dropped', async (t) => {
  const call = await versions(t, 1)
  const refused = [
    { headers: { 'if-match': '7' } },
    { headers: { 'if-match': 'W/"7"' } },
    { headers: { 'if-match': '"07"' } },
    { headers: { 'if-match': '*' } },
    { headers: { 'if-match': '"1", "2"' } },
    { headers: { 'if-none-match': '"7"' } },
    { headers: { 'if-match': '"0"', 'if-none-match': '*' } },
    { headers: { 'if-match': '"0"' }, body: { version: 'v0', expect: 0 } },
    { body: { version: 'v0', expect: 'none' } },
    { body: { version: 'v0', expect: -1 } },
    { body: { version: 'v0', expect: 1.5 } },
    { body: { version: 'v0', expected: 1 } },
    { body: { version: 'v0', slots: [{ version: 'v0' }] } },
    { body: { slots: [] } },
    { body: {} },
  ]
  for (const options of refused) {
    const answer = await call('PUT', PRODUCTION, { body: { version: 'v0' }, ...options })
    assert.deepEqual(
      [answer.status, answer.json.code],
      [400, 'request_invalid'],
      `${answer.json.detail}`,
    )
  }
  assert.equal((await call('GET', PRODUCTION)).json.code, 'alias_unknown')
})

test('a stale removal leaves a newer holder alone; what changes nothing says so', async (t) => {
  const call = await versions(t, 2)
  await call('PUT', PRODUCTION, { body: { version: 'v0' } })
  await call('PUT', PRODUCTION, { body: { version: 'v1' } })
  const stale = await call('DELETE', `${PRODUCTION}?version=v0`)
  assert.deepEqual([stale.status, stale.json.changed, stale.json.lastMove], [200, false, null])
  assert.equal(stale.json.slots[0].version, 'v1')
  const again = await call('PUT', PRODUCTION, { body: { version: 'v1' } })
  assert.deepEqual([again.json.changed, again.json.generation], [false, 2])
  const nobody = await call('DELETE', `${PRODUCTION}?version=v9`)
  assert.deepEqual([nobody.status, nobody.json.code], [404, 'version_not_found'])
  const odd = await call('DELETE', `${PRODUCTION}?version=latest`)
  assert.deepEqual([odd.status, odd.json.code], [422, 'ref_invalid'])
})

test('rollbacks go down the stack, to a named version if asked, and end with it', async (t) => {
  const call = await versions(t, 4)
  for (const version of ['v0', 'v1', 'v2', 'v3'])
    await call('PUT', PRODUCTION, { body: { version } })
  const back = (body?: object) => call('POST', `${PRODUCTION}/rollback`, body ? { body } : {})
  assert.equal((await back({ to: 'v1', reason: 'v2 and v3 are bad' })).json.slots[0].version, 'v1')
  assert.equal((await back()).json.slots[0].version, 'v0')
  const end = await back()
  assert.deepEqual([end.status, end.json.code], [409, 'rollback_target_missing'])
  assert.equal(end.headers.etag, '"6"')
  const never = await back({ to: 'v3' })
  assert.deepEqual([never.status, never.json.code], [409, 'rollback_target_missing'])
  assert.equal((await back({ to: 'staging' })).json.code, 'ref_invalid')
  assert.equal((await back({ two: 'v1' })).json.code, 'request_invalid')
})

test('the list shows vacant aliases and the declared stages', async (t) => {
  const call = await versions(t, 2)
  await call('PUT', `${PATH}/aliases/canary%20%F0%9F%90%A4`, { body: { version: 'v0' } })
  await call('DELETE', `${PATH}/aliases/canary%20%F0%9F%90%A4`)
  const { json } = await call('GET', `${PATH}/aliases`)
  const items: wire.AliasSummary[] = json.items
  assert.deepEqual(
    items.map(({ alias, generation, slots }) => [alias, generation, slots.map((s) => s.version)]),
    [
      ['canary 🐤', 2, []],
      ['latest', 2, ['v1']],
    ],
  )
  const stages: wire.Stage[] = json.stages
  assert.deepEqual(
    stages.map(({ name, capacity }) => [name, capacity]),
    [
      ['staging', 1],
      ['production', 1],
      ['archived', null],
    ],
  )
})

test('an alias of unlimited capacity grows and shrinks version by version', async (t) => {
  const call = await versions(t, 3)
  const archived = `${PATH}/aliases/archived`
  for (const version of ['v0', 'v2']) await call('PUT', archived, { body: { version } })
  const last = await call('PUT', archived, { body: { version: 'v1' } })
  // What came, not the whole: that may be any number.
  assert.deepEqual(
    last.json.slots.map(({ version }: wire.Slot) => version),
    ['v1'],
  )
  const all = await call('GET', archived)
  assert.deepEqual([all.json.slotCount, all.json.generation], [3, 3])
  await call('DELETE', `${archived}?version=v2`)
  const slots = [{ version: 'v0' }]
  const set = await call('PUT', archived, { body: { slots } })
  assert.equal(set.json.code, 'capacity_exceeded')
  const { json } = await call('GET', `${archived}/history?limit=1`)
  const [{ from, to, added, removed }] = json.items
  assert.deepEqual([from, to, added, removed], [null, null, [], ['v2']])
})

test('what is answered of the log is enough to check its chain', async (t) => {
  const call = await versions(t, 3)
  for (const version of ['v0', 'v1', 'v2'])
    await call('PUT', PRODUCTION, { body: { version, reason: `"${version}" \\ é \u2028` } })
  await call('POST', `${PRODUCTION}/rollback`)
  await call('DELETE', PRODUCTION)
  const events: wire.PointerEvent[] = []
  let next: string | null = ''
  while (next !== null) {
    const page = await call('GET', `${PATH}/history?limit=2${next === '' ? '' : `&cursor=${next}`}`)
    const link = page.headers.link
    events.push(...page.json.items)
    next = page.json.next
    assert.equal(link === undefined, next === null)
  }
  events.reverse()
  assert.ok(events.length >= 10)
  let prevHash = FIRST_PREV_HASH
  for (const [at, event] of events.entries()) {
    assert.deepEqual([event.seq, event.prevHash], [at + 1, prevHash])
    assert.equal(rehash(event), event.hash)
    prevHash = event.hash
  }
})
