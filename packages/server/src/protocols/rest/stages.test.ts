import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import type * as wire from '@greenroom/sdk/wire'
import {
  collectionPath,
  logVersion,
  type RestClient,
  restClient,
} from '../../../test/rest-client.ts'
import { ADMIN_KEY, type TestApp, testApp, USER_KEY } from '../../../test/test-app.ts'

const OWNER = '/projects/ada/demo'
const PATH = collectionPath('classifier')

async function started(t: TestContext): Promise<{ app: TestApp; call: RestClient }> {
  const app = await testApp(t)
  const call = restClient(app, USER_KEY)
  for (const at of [0, 1]) await logVersion(app, call, PATH, { w: `weights ${at}` })
  return { app, call }
}

test('projects are made, listed, described, renamed and deleted', async (t) => {
  const { app, call } = await started(t)
  const made = await call('POST', '/projects', { body: { name: 'vision' } })
  assert.deepEqual([made.status, made.json.kind, made.json.entity], [200, 'project', 'ada'])
  const names = async (who: RestClient, query = '') =>
    (await who('GET', `/projects${query}`)).json.items.map(
      ({ entity, name }: { entity: string; name: string }) => `${entity}/${name}`,
    )
  assert.deepEqual(await names(call), ['ada/demo', 'ada/vision'])
  const admin = restClient(app, ADMIN_KEY)
  await admin('POST', '/projects', { body: { name: 'ops' } })
  assert.deepEqual(await names(admin), ['ada/demo', 'ada/vision', 'admin/ops'])
  assert.deepEqual(await names(admin, '?entity=ada'), ['ada/demo', 'ada/vision'])
  assert.deepEqual(await names(call, '?entity=admin'), [])
  const refused = await call('POST', '/projects', { body: { name: 'x', entity: 'admin' } })
  assert.deepEqual([refused.status, refused.json.code], [404, 'owner_not_found'])

  const path = '/projects/ada/vision'
  const { etag } = (await call('GET', path)).headers
  const headers = { 'if-match': String(etag) }
  const described = await call('PATCH', path, { body: { description: 'all eyes' }, headers })
  assert.deepEqual([described.status, described.json.description], [200, 'all eyes'])
  assert.notEqual(described.headers.etag, etag)
  const late = await call('PATCH', path, { body: { name: 'sight' }, headers })
  assert.deepEqual(
    [late.status, late.json.code, late.json.details.description],
    [412, 'generation_mismatch', 'all eyes'],
  )
  const odd = await call('PATCH', path, { body: {}, headers: { 'if-match': '7' } })
  assert.equal(odd.json.code, 'request_invalid')
  const taken = await call('PATCH', path, { body: { name: 'demo' } })
  assert.deepEqual([taken.status, taken.json.code], [409, 'already_exists'])
  assert.equal((await call('PATCH', path, { body: { name: 'sight' } })).json.name, 'sight')
  assert.equal((await call('GET', path)).status, 404)
  assert.equal((await call('DELETE', '/projects/ada/sight')).status, 204)

  await call('PUT', `${PATH}/aliases/production`, { body: { version: 'v0' } })
  const inUse = await call('DELETE', OWNER)
  assert.deepEqual(
    [inUse.status, inUse.json.code, inUse.json.details.holders],
    [409, 'version_in_use', ['ada/demo/classifier:production']],
  )
  assert.equal((await call('DELETE', `${OWNER}?dropAliases=true&reason=over`)).status, 204)
  assert.deepEqual(await names(call), [])
})

test('registries are made by members of their organization, and seen by all of them', async (t) => {
  const { app, call } = await started(t)
  const admin = restClient(app, ADMIN_KEY)
  const made = await admin('POST', '/registries', { body: { name: 'vision', description: 'eyes' } })
  assert.equal(made.status, 201)
  assert.deepEqual(
    [made.json.kind, made.json.entity, made.json.description],
    ['registry', 'greenroom-org', 'eyes'],
  )
  const list = await admin('GET', '/registries?limit=2')
  assert.deepEqual(
    list.json.items.map(({ name }: { name: string }) => name),
    ['model', 'dataset'],
  )
  const rest = await admin('GET', `/registries?limit=2&cursor=${list.json.next}`)
  assert.deepEqual([rest.json.items[0].name, rest.json.next], ['vision', null])
  const mine = await call('POST', '/registries', { body: { name: 'mine' } })
  assert.equal(mine.status, 201)
  assert.equal((await call('GET', '/registries')).json.items.length, 4)
  const described = { body: { description: 'hers' } }
  assert.equal((await call('PATCH', '/registries/greenroom-org/mine', described)).status, 200)
  const refused = await call('PATCH', '/registries/greenroom-org/vision', described)
  assert.deepEqual([refused.status, refused.json.code], [403, 'forbidden'])
})

test('stages are declared anew, sent back as they came, and keep their history', async (t) => {
  const { call } = await started(t)
  const before = await call('GET', `${OWNER}/stages`)
  const names = (answer: { json: { items: { name: string }[] } }) =>
    answer.json.items.map(({ name }) => name)
  assert.deepEqual(names(before), ['staging', 'production', 'archived'])
  const same = await call('PUT', `${OWNER}/stages`, { body: { items: before.json.items } })
  assert.equal(same.status, 200)
  assert.deepEqual([same.json, same.headers.etag], [before.json, before.headers.etag])

  const items = [{ name: 'staging' }, { name: 'live', capacity: 2, requires: ['staging'] }]
  const headers = { 'if-match': String(before.headers.etag) }
  const put = await call('PUT', `${OWNER}/stages`, {
    body: { items, reason: 'a shorter life' },
    headers,
  })
  assert.deepEqual(put.json.items[1], {
    name: 'live',
    position: 1,
    capacity: 2,
    protected: false,
    requires: ['staging'],
    onSupersede: null,
    clears: [],
    fallback: [],
  })
  assert.equal((await call('GET', `${OWNER}/stages`)).headers.etag, put.headers.etag)
  const late = await call('PUT', `${OWNER}/stages`, { body: { items }, headers })
  assert.deepEqual([late.status, late.json.code], [412, 'generation_mismatch'])
  assert.deepEqual(names({ json: { items: late.json.details.stages } }), ['staging', 'live'])

  const history = await call('GET', `${OWNER}/stages/history?limit=1`)
  const [change] = history.json.items
  assert.deepEqual([change.actor, change.reason], ['ada', 'a shorter life'])
  assert.deepEqual(names({ json: { items: change.from } }), ['staging', 'production', 'archived'])
  assert.deepEqual(change.to, put.json.items)
  const rest = await call('GET', `${OWNER}/stages/history?cursor=${history.json.next}`)
  assert.deepEqual([rest.json.items.length, rest.json.next], [1, null])
})

test('stages that cannot be are refused with a sentence', async (t) => {
  const { call } = await started(t)
  const slots = [
    { version: 'v0', label: 'a' },
    { version: 'v1', label: 'b' },
  ]
  const put = (...items: object[]) => call('PUT', `${OWNER}/stages`, { body: { items } })
  assert.equal((await put({ name: 'canary', capacity: 2 })).status, 200)
  await call('PUT', `${PATH}/aliases/canary`, { body: { slots } })
  for (const [code, ...items] of [
    ['capacity_exceeded', { name: 'canary' }],
    ['capacity_exceeded'],
    ['name_invalid', { name: 'canary', capacity: 2 }, { name: 'v3' }],
    ['name_invalid', { name: 'latest' }],
    ['alias_confusable', { name: 'canary', capacity: 2 }, { name: 'Canary' }],
    ['request_invalid', { name: 'canary', capacity: 2, requires: ['staging'] }],
    ['request_invalid', { name: 'canary', capacity: 0 }],
    ['request_invalid', { name: 'a', position: 1 }],
    ['too_large', ...Array.from({ length: 33 }, (_, at) => ({ name: `s${at}` }))],
  ] as const) {
    const answer = await put(...items)
    assert.equal(answer.json.code, code, JSON.stringify(items))
    assert.ok(answer.json.detail.length > 20)
  }
})

test('a dry run says what a promotion would do, and changes nothing', async (t) => {
  const { call } = await started(t)
  await call('PUT', `${PATH}/aliases/production`, { body: { version: 'v0' } })
  const { items } = (await call('GET', `${OWNER}/stages`)).json
  items[1].requires = ['staging']
  await call('PUT', `${OWNER}/stages`, { body: { items } })
  const before = (await call('GET', `${PATH}/history`)).json
  const dryRun = (version: string, alias = 'production') =>
    call('POST', `${PATH}/aliases/${alias}/dry-run`, { body: { version } })
  const refused = await dryRun('latest')
  assert.equal(refused.status, 200)
  const { json } = refused
  assert.deepEqual(
    [json.version, json.generation, json.allowed, json.changed, json.added, json.removed],
    ['v1', 1, false, true, ['v1'], ['v0']],
  )
  assert.deepEqual(json.others, [{ alias: 'archived', generation: 0, added: ['v0'], removed: [] }])
  const verdicts = json.rules.map(({ rule, passed }: { rule: string; passed: boolean }) => [
    rule,
    passed,
  ])
  assert.deepEqual(verdicts, [
    ['capacity', true],
    ['requires', false],
  ])
  assert.deepEqual(json.rules[1].saw, { requires: 'staging', borne: false })
  assert.deepEqual((await call('GET', `${PATH}/history`)).json, before)
  const real = await call('PUT', `${PATH}/aliases/production`, { body: { version: 'v1' } })
  assert.deepEqual(
    [real.json.code, real.json.details.rules],
    ['promotion_refused', json.rules.map(({ alias, ...rule }: { alias: string }) => rule)],
  )

  await call('PUT', `${PATH}/aliases/staging`, { body: { version: 'v1' } })
  const allowed = (await dryRun('v1')).json
  assert.equal(allowed.allowed, true)
  const headers = { 'if-match': `"${allowed.generation}"` }
  const body = { version: 'v1' }
  const promoted = await call('PUT', `${PATH}/aliases/production`, { body, headers })
  assert.deepEqual(
    promoted.json.others.map((other: { alias: string; added: string[] }) => [
      other.alias,
      other.added,
    ]),
    [['archived', ['v0']]],
  )
  assert.equal((await dryRun('v1')).json.changed, false)
  assert.equal((await dryRun('v1', 'PRODUCTION')).json.code, 'alias_confusable')
  assert.equal((await dryRun('v1', 'latest')).json.code, 'name_invalid')
  assert.equal((await dryRun('v9')).json.code, 'version_not_found')
})

test('a dry run says what a rollback would put back, and changes nothing', async (t) => {
  const { app, call } = await started(t)
  await logVersion(app, call, PATH, { w: 'weights 2' })
  for (const version of ['v0', 'v1', 'v2'])
    await call('PUT', `${PATH}/aliases/production`, { body: { version, reason: `to ${version}` } })
  const before = (await call('GET', `${PATH}/history`)).json
  const dryRun = async (body: object) =>
    (await call('POST', `${PATH}/aliases/production/rollback/dry-run`, { body })).json
  const says = await dryRun({})
  assert.deepEqual(
    [says.generation, says.allowed, says.added, says.removed, says.slots[0].version],
    [3, true, ['v1'], ['v2'], 'v1'],
  )
  assert.deepEqual(says.others, [
    { alias: 'archived', generation: 2, added: ['v2'], removed: ['v1'] },
  ])
  const stackOf = ({ stack }: { stack: { slots: { version: string }[]; why: unknown }[] }) =>
    stack.map(({ slots, why }) => [slots[0]?.version, why])
  assert.deepEqual(stackOf(says), [
    ['v1', null],
    ['v0', null],
  ])
  assert.equal(says.stack[0].move.reason, 'to v1')
  const further = await dryRun({ to: 'v0' })
  assert.deepEqual([further.added, further.removed], [['v0'], ['v2']])
  const admin = restClient(app, ADMIN_KEY)
  await admin('POST', `${PATH}/versions/v1/quarantine`, { body: { reason: 'x' } })
  assert.deepEqual(stackOf(await dryRun({})), [
    ['v1', 'quarantined'],
    ['v0', null],
  ])
  assert.equal((await dryRun({ to: 'v1' })).code, 'rollback_target_missing')
  assert.deepEqual((await call('GET', `${PATH}/history`)).json, before)
  const real = await call('POST', `${PATH}/aliases/production/rollback`)
  assert.deepEqual(real.json.slots[0].version, 'v0')
  assert.equal((await dryRun({})).code, 'rollback_target_missing')
})

test('who bore each alias at an instant, however many moves ago', async (t) => {
  const { call } = await started(t)
  const move = async (version: string, alias = 'production') =>
    (await call('PUT', `${PATH}/aliases/${alias}`, { body: { version } })).json.lastMove.time
  const times = [await move('v0'), await move('v1'), await move('v1', 'canary')]
  await call('DELETE', `${PATH}/aliases/canary`)
  const borne = async (at?: string) => {
    const query = at === undefined ? '' : `?at=${at}`
    const { items } = (await call('GET', `${PATH}/standings${query}`)).json
    return items
      .filter(({ alias }: { alias: string }) => alias !== 'latest')
      .map(({ alias, slots, slotCount, lastMove }: wire.Standing) => [
        alias,
        slots.map(({ version }) => version).join(),
        slotCount,
        lastMove.actor,
      ])
  }
  assert.deepEqual(await borne(times[0]), [['production', 'v0', 1, 'ada']])
  assert.deepEqual(await borne(times[1]), [['production', 'v1', 1, 'ada']])
  assert.deepEqual(await borne(times[2]), [
    ['archived', 'v0', 1, 'ada'],
    ['canary', 'v1', 1, 'ada'],
    ['production', 'v1', 1, 'ada'],
  ])
  assert.deepEqual(await borne(), [
    ['archived', 'v0', 1, 'ada'],
    ['canary', '', 0, 'ada'],
    ['production', 'v1', 1, 'ada'],
  ])
  assert.deepEqual(await borne('2020-01-01T00:00:00Z'), [])
  const odd = await call('GET', `${PATH}/standings?at=yesterday`)
  assert.equal(odd.json.code, 'request_invalid')
})

test('who held an alias when, and the history by time, actor and cause', async (t) => {
  const { call } = await started(t)
  for (const version of ['v0', 'v1'])
    await call('PUT', `${PATH}/aliases/production`, { body: { version, reason: `to ${version}` } })
  await call('DELETE', `${PATH}/aliases/production`)
  const held = (await call('GET', `${PATH}/aliases/production/holders`)).json.items
  assert.deepEqual(
    held.map(({ slots, move }: { slots: { version: string }[]; move: { reason: string } }) => [
      slots.map(({ version }) => version),
      move.reason,
    ]),
    [
      [[], null],
      [['v1'], 'to v1'],
      [['v0'], 'to v0'],
    ],
  )
  assert.equal(held[0].until, null)
  assert.deepEqual([held[1].until, held[2].until], [held[0].from, held[1].from])
  const first = await call('GET', `${PATH}/aliases/production/holders?limit=1`)
  const rest = await call('GET', `${PATH}/aliases/production/holders?cursor=${first.json.next}`)
  assert.deepEqual([...first.json.items, ...rest.json.items], held)

  const causes = async (query: string) =>
    (await call('GET', `${PATH}/history?${query}`)).json.items.map(
      ({ alias, cause }: { alias: string; cause: string }) => `${alias} ${cause}`,
    )
  assert.deepEqual(await causes('cause=clear'), ['production clear'])
  assert.deepEqual(await causes('actor=admin'), [])
  const at = encodeURIComponent(held[1].from)
  assert.deepEqual(await causes(`since=${at}`), [
    'production clear',
    'archived supersede',
    'production promote',
  ])
  assert.deepEqual(await causes(`until=${at}&cause=promote&actor=ada`), [
    'production promote',
    'production promote',
  ])
  const odd = await call('GET', `${PATH}/history?since=yesterday`)
  assert.deepEqual([odd.status, odd.json.code], [400, 'request_invalid'])
  const unlimited = await call('GET', `${PATH}/aliases/archived/holders`)
  assert.deepEqual([unlimited.status, unlimited.json.code], [400, 'request_invalid'])
})
