import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import {
  collectionPath,
  logVersion,
  type RestClient,
  restClient,
} from '../../../test/rest-client.ts'
import { ADMIN_KEY, type TestApp, testApp, USER_KEY } from '../../../test/test-app.ts'

const PATH = collectionPath('classifier', 'admin')
const LINKED = '/registries/greenroom-org/model/collections/image%20classifier'
const NO_REGISTRY = '/registries/greenroom-org/x'

async function started(t: TestContext): Promise<{ app: TestApp; call: RestClient }> {
  const app = await testApp(t)
  const call = restClient(app, ADMIN_KEY)
  for (const at of [0, 1, 2]) await logVersion(app, call, PATH, { w: `weights ${at}` })
  return { app, call }
}

function link(call: RestClient, version: string, aliases: readonly string[] = [], path = LINKED) {
  return call('POST', `${path}/links`, { body: { version, aliases } })
}

test('a version is linked into a registry, promoted there and taken out again', async (t) => {
  const { call } = await started(t)
  const first = await link(call, 'admin/demo/classifier:v1', ['staging'])
  assert.equal(first.status, 201)
  assert.deepEqual(
    [first.json.ref, first.json.aliases],
    ['registry/greenroom-org/model/image classifier:v0', ['latest', 'staging']],
  )
  const again = await link(call, 'demo/classifier:v1', ['production'])
  assert.deepEqual(
    [again.status, again.json.version, again.json.created, again.json.aliases],
    [200, 'v0', false, ['latest', 'production', 'staging']],
  )
  // By id, and a link of a link: the source is linked.
  const source = (await call('GET', `${PATH}/versions/v2`)).json
  const byId = await link(call, source.id)
  assert.deepEqual([byId.status, byId.json.version, byId.json.id], [201, 'v1', source.id])
  const other = '/registries/greenroom-org/model/collections/other'
  const ofLink = await link(call, 'registry/model/image classifier:production', [], other)
  assert.deepEqual([ofLink.json.version, ofLink.json.id], ['v0', first.json.id])

  const moved = await call('PUT', `${LINKED}/aliases/production`, { body: { version: 'v1' } })
  assert.deepEqual(moved.json.others, [
    { alias: 'archived', generation: 1, added: ['v0'], removed: [] },
  ])
  const resolved = await call('GET', '/resolve?ref=registry/model/image%20classifier:production')
  assert.deepEqual([resolved.json.version, resolved.json.digest], ['v1', source.digest])
  assert.equal((await call('DELETE', `${LINKED}/links/production?reason=wrong`)).status, 204)
  const empty = await call('GET', `${LINKED}/resolve/production`)
  assert.deepEqual([empty.status, empty.json.code], [404, 'alias_vacant'])
  const gone = await call('GET', `${LINKED}/versions/v1`)
  assert.deepEqual([gone.status, gone.json.code], [410, 'version_deleted'])
  assert.equal((await call('GET', `${PATH}/versions/v2`)).status, 200)
  // Linked again, it gets the next number.
  assert.equal((await link(call, source.id)).json.version, 'v2')
})

test('links that cannot be are refused', async (t) => {
  const { app, call } = await started(t)
  const refusals: [string, Promise<{ json: { code: string } }>][] = [
    ['version_not_found', link(call, 'admin/demo/classifier:v9')],
    ['version_not_found', link(call, 'no-such-id')],
    ['alias_unknown', link(call, 'admin/demo/classifier:production')],
    ['ref_invalid', link(call, 'a/b/c/d/e')],
    ['already_exists', link(call, 'admin/demo/classifier:v0', [], PATH)],
    ['owner_not_found', link(call, 'demo/classifier', [], `${NO_REGISTRY}/collections/c`)],
    ['alias_confusable', link(call, 'demo/classifier', ['Production'])],
    ['request_invalid', call('DELETE', `${PATH}/links/v0`)],
    ['collection_not_found', call('DELETE', `${LINKED}/links/v0`)],
  ]
  for (const [code, answer] of refusals) assert.equal((await answer).json.code, code)
  await call('POST', '/registries/greenroom-org/model/collections', {
    body: { name: 'numbers', type: 'dataset' },
  })
  const path = '/registries/greenroom-org/model/collections/numbers'
  assert.equal((await link(call, 'demo/classifier', [], path)).json.code, 'type_mismatch')
  // Of what one may not see there is no link, by whatever name.
  const ada = restClient(app, USER_KEY)
  const { id } = (await call('GET', `${PATH}/versions/v0`)).json
  const mine = '/projects/ada/demo/collections/mine'
  assert.equal((await link(ada, id, [], mine)).json.code, 'version_not_found')
  const byRef = await link(ada, 'admin/demo/classifier:v0', [], mine)
  assert.equal(byRef.json.code, 'owner_not_found')
})

test('a version in use is deleted only when its aliases may go, and everywhere', async (t) => {
  const { call } = await started(t)
  await link(call, 'demo/classifier:v1', ['production'])
  await call('PUT', `${PATH}/aliases/staging`, { body: { version: 'v1' } })
  const inUse = await call('DELETE', `${PATH}/versions/v1`)
  assert.deepEqual([inUse.status, inUse.json.code], [409, 'version_in_use'])
  assert.deepEqual(inUse.json.details.holders.toSorted(), [
    'admin/demo/classifier:staging',
    'registry/greenroom-org/model/image classifier:production',
  ])
  assert.equal((await call('DELETE', `${PATH}/versions/v1?dropAliases=true`)).status, 204)
  for (const path of [`${PATH}/versions/v1`, `${LINKED}/versions/v0`]) {
    const gone = await call('GET', path)
    assert.deepEqual([gone.status, gone.json.details.deletedBy], [410, 'admin'])
  }
  assert.equal((await call('DELETE', `${PATH}/versions/v1`)).json.code, 'version_deleted')
  // Numbers are never given again.
  assert.equal((await call('DELETE', `${PATH}/versions/v2`)).status, 204)
  const latest = await call('GET', `${PATH}/resolve/latest`)
  assert.equal(latest.json.version, 'v0')
})

test('a collection is renamed, described and deleted; its name’s numbers go on', async (t) => {
  const { app, call } = await started(t)
  const found = await call('GET', PATH)
  const headers = { 'if-match': String(found.headers.etag) }
  // A commit is no change of what the ETag stands for.
  await logVersion(app, call, PATH, { w: 'weights 3' })
  const body = { name: 'sorter', description: 'sorts' }
  const changed = await call('PATCH', PATH, { body, headers })
  assert.deepEqual([changed.status, changed.json.name], [200, 'sorter'])
  const path = collectionPath('sorter', 'admin')
  const late = await call('PATCH', path, { body: { description: null }, headers })
  assert.deepEqual([late.status, late.json.details.name], [412, 'sorter'])
  assert.equal((await call('GET', `${path}/resolve/latest`)).json.version, 'v3')
  await call('PUT', `${path}/aliases/production`, { body: { version: 'v0' } })
  assert.equal((await call('DELETE', path)).json.code, 'version_in_use')
  assert.equal((await call('DELETE', `${path}?dropAliases=true`)).status, 204)
  assert.equal((await call('GET', path)).json.code, 'collection_not_found')
  assert.equal((await logVersion(app, call, path, { w: 'anew' })).json.version, 'v4')
})

test('a quarantined version is listed, refused, and can be let go or deleted', async (t) => {
  const { app, call } = await started(t)
  const path = `${PATH}/versions/v1`
  await call('PUT', `${PATH}/aliases/production`, { body: { version: 'v1' } })
  const body = { reason: 'opcode REDUCE' }
  const blocked = await call('POST', `${path}/quarantine`, { body })
  assert.deepEqual(
    [blocked.status, blocked.json.state, blocked.json.stateReason, blocked.json.aliases],
    [200, 'quarantined', 'opcode REDUCE', ['production']],
  )
  for (const refused of [path, `${path}/files`, `${PATH}/resolve/production`]) {
    const answer = await call('GET', refused)
    assert.deepEqual([answer.status, answer.json.details.reason], [423, 'opcode REDUCE'])
  }
  const promoted = await call('PUT', `${PATH}/aliases/staging`, { body: { version: 'v1' } })
  assert.equal(promoted.json.code, 'version_quarantined')
  const listed = (await call('GET', `${PATH}/versions`)).json.items
  assert.deepEqual(
    listed.map(({ version, state }: { version: string; state: string }) => [version, state]),
    [
      ['v2', 'committed'],
      ['v1', 'quarantined'],
      ['v0', 'committed'],
    ],
  )
  const released = await call('DELETE', `${PATH}/versions/production/quarantine`)
  assert.deepEqual([released.json.state, released.json.stateReason], ['committed', null])
  assert.equal((await call('GET', `${PATH}/resolve/production`)).status, 200)
  await call('POST', `${path}/quarantine`, { body })
  assert.equal((await call('DELETE', `${path}?dropAliases=true`)).status, 204)

  const ada = restClient(app, USER_KEY)
  const mine = collectionPath('mine')
  await logVersion(app, ada, mine, { w: 'x' })
  const refused = await ada('POST', `${mine}/versions/v0/quarantine`, { body })
  assert.deepEqual([refused.status, refused.json.code], [403, 'forbidden'])
})

test('two versions are compared, here and across collections', async (t) => {
  const { app, call } = await started(t)
  const files = { same: 'x', changed: 'old', gone: 'y' }
  const metadata = (accuracy: number) => ({ metadata: { accuracy } })
  const other = collectionPath('other', 'admin')
  await logVersion(app, call, other, files, metadata(0.9))
  await logVersion(app, call, other, { same: 'x', changed: 'new', more: 'z' }, metadata(0.8))
  const compared = await call('GET', `${other}/compare?base=v0&head=latest&limit=2`)
  assert.deepEqual(compared.json.metadata, [{ path: 'accuracy', base: 0.9, head: 0.8 }])
  assert.deepEqual([compared.json.base.version, compared.json.head.version], ['v0', 'v1'])
  const rest = await call(
    'GET',
    `${other}/compare?base=v0&head=latest&cursor=${compared.json.next}`,
  )
  assert.deepEqual(
    [...compared.json.items, ...rest.json.items].map(
      ({ path, change }: { path: string; change: string }) => `${change} ${path}`,
    ),
    ['changed changed', 'removed gone', 'added more'],
  )
  const foreign = await call('GET', `${other}/compare?base=v1&head=v0&cursor=${compared.json.next}`)
  assert.equal(foreign.json.code, 'cursor_invalid')
  const across = await call('GET', `${other}/compare?base=v0&head=demo/classifier:v0`)
  assert.deepEqual([across.json.head.collection, across.json.items.length], ['classifier', 4])
  const missing = await call('GET', `${other}/compare?base=v0&head=v7`)
  assert.equal(missing.json.code, 'version_not_found')
})
