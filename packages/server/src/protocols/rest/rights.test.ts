import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import {
  entriesOf,
  logVersion,
  type RestAnswer,
  type RestClient,
  restClient,
} from '../../../test/rest-client.ts'
import { ADMIN_KEY, type TestApp, testApp, USER_KEY } from '../../../test/test-app.ts'

const MODEL = '/registries/greenroom-org/model'
const PORT = `${MODEL}/collections/classifier`
const SOURCE = '/projects/vision/demo/collections/classifier'

interface Scene {
  readonly app: TestApp
  readonly admin: RestClient
  /** An admin of the team `vision`, which is a member of the registry `model`. */
  readonly ada: RestClient
  /** A user of the organization and nothing else. */
  readonly bob: RestClient
  /** Makes an account and its key, and gives its client. */
  readonly user: (name: string) => Promise<RestClient>
}

async function setUp(t: TestContext): Promise<Scene> {
  const app = await testApp(t)
  const admin = restClient(app, ADMIN_KEY)
  const ada = restClient(app, USER_KEY)
  const user = async (name: string) => {
    await ok(admin('POST', '/users', { body: { username: name } }))
    return restClient(app, await keyFor(admin, name))
  }
  const bob = await user('bob')
  await ok(ada('POST', '/teams', { body: { name: 'vision' } }))
  await ok(admin('PUT', `${MODEL}/members/vision`, { body: { role: 'member' } }))
  await ok(logVersion(app, ada, SOURCE, { w: 'one' }))
  await ok(logVersion(app, ada, SOURCE, { w: 'two' }))
  for (const version of ['v0', 'v1'])
    await ok(
      ada('POST', `${PORT}/links`, { body: { version: `vision/demo/classifier:${version}` } }),
    )
  return { app, admin, ada, bob, user }
}

async function ok(call: Promise<RestAnswer>): Promise<RestAnswer['json']> {
  const { status, json } = await call
  assert.ok(status < 300, JSON.stringify(json))
  return json
}

async function keyFor(admin: RestClient, name: string, rest: object = {}): Promise<string> {
  return (await ok(admin('POST', `/users/${name}/tokens`, { body: { name: 'key', ...rest } }))).key
}

async function code(call: Promise<RestAnswer>): Promise<string> {
  const { status, json } = await call
  assert.ok(status >= 400, JSON.stringify(json))
  return json.code
}

async function protect(admin: RestClient): Promise<void> {
  const { items } = await ok(admin('GET', `${MODEL}/stages`))
  const stages = items.map((stage: { name: string }) => ({
    ...stage,
    protected: stage.name === 'production',
  }))
  await ok(admin('PUT', `${MODEL}/stages`, { body: { items: stages } }))
}

const promote = (client: RestClient, alias: string, version = 'v1') =>
  client('PUT', `${PORT}/aliases/${alias}`, { body: { version } })

test('a team’s project is its members’, at once and as long as they are in it', async (t) => {
  const { ada, bob, admin } = await setUp(t)
  assert.equal(await code(bob('GET', SOURCE)), 'owner_not_found')
  await ok(ada('PUT', '/teams/vision/members/bob', { body: { role: 'viewer' } }))
  await ok(bob('GET', `${SOURCE}/versions/v0/files/w`))
  assert.equal(await code(bob('PATCH', SOURCE, { body: { description: 'x' } })), 'forbidden')
  await ok(ada('PUT', '/teams/vision/members/bob', { body: { role: 'member' } }))
  await ok(bob('PATCH', SOURCE, { body: { description: 'x' } }))
  await ok(ada('PATCH', '/projects/vision/demo', { body: { restricted: true } }))
  assert.equal(await code(bob('GET', SOURCE)), 'owner_not_found')
  assert.deepEqual((await ok(bob('GET', '/projects?entity=vision'))).items, [])
  await ok(ada('PUT', '/projects/vision/demo/members/bob', { body: { role: 'viewer' } }))
  await ok(bob('GET', SOURCE))
  await ok(bob('DELETE', '/teams/vision/members/bob'))
  assert.equal(await code(bob('GET', '/teams/vision')), 'not_found')
  await ok(bob('GET', SOURCE))
  await ok(admin('DELETE', '/organizations/greenroom-org/members/bob'))
  assert.equal(await code(bob('GET', SOURCE)), 'owner_not_found')
  assert.equal(await code(bob('GET', MODEL)), 'owner_not_found')
})

test('a registry is its organization’s to see, its members’ to change', async (t) => {
  const { app, admin, ada, bob, user } = await setUp(t)
  assert.equal((await bob('GET', `${PORT}/versions/v1/files/w`)).bytes.toString(), 'two')
  // The source stays hidden from who sees the link.
  assert.equal(await code(bob('GET', SOURCE)), 'owner_not_found')
  assert.equal(await code(promote(bob, 'staging')), 'forbidden')
  await ok(promote(ada, 'staging'))
  await ok(admin('PATCH', MODEL, { body: { restricted: true } }))
  assert.equal(await code(bob('GET', PORT)), 'owner_not_found')
  await ok(ada('GET', PORT))
  await ok(admin('PUT', `${MODEL}/members/bob`, { body: { role: 'restricted_viewer' } }))
  await ok(bob('GET', `${PORT}/versions/v1`))
  assert.equal(await code(bob('GET', `${PORT}/versions/v1/files/w`)), 'forbidden')
  const stranger = await user('eve')
  const events = async (client: RestClient) =>
    (await ok(client('GET', '/events?limit=1000'))).items.filter(
      ({ owner }: { owner: { name: string } | null }) => owner?.name === 'model',
    ).length
  assert.equal(await events(stranger), 0)
  assert.ok((await events(bob)) > 0)
  assert.equal((await ok(stranger('GET', '/registries'))).items.length, 1)
  assert.ok(app.log.length > 0)
})

test('a CI account moves staging*, release managers production; others are told who', async (t) => {
  const { app, admin, ada, bob } = await setUp(t)
  await protect(admin)
  const home = { name: 'ci', organization: 'greenroom-org', role: 'viewer' }
  await ok(admin('POST', '/service-accounts', { body: home }))
  await ok(admin('POST', '/teams', { body: { name: 'release-managers' } }))
  await ok(admin('PUT', '/teams/release-managers/members/bob', { body: { role: 'viewer' } }))
  for (const [principal, alias] of [
    ['ci', 'staging*'],
    ['release-managers', 'production'],
  ])
    await ok(admin('POST', `${MODEL}/grants`, { body: { principal, alias, verb: 'promote' } }))
  const ci = restClient(app, await keyFor(admin, 'ci'))
  await ok(promote(ci, 'staging'))
  await ok(promote(ci, 'staging-eu'))
  assert.equal(await code(promote(ci, 'canary')), 'forbidden')
  for (const client of [ci, ada]) {
    const { status, json } = await promote(client, 'production')
    assert.deepEqual([status, json.code], [403, 'alias_protected'])
    assert.deepEqual(json.details.whoMay, ['admin', 'release-managers'])
    assert.match(json.detail, /Those who may: admin, release-managers\.$/)
  }
  await ok(promote(bob, 'production'))
  assert.equal(await code(promote(bob, 'staging')), 'forbidden')
  const attempts = await ok(admin('GET', '/events?kind=refusal.protected'))
  assert.deepEqual(
    attempts.items.map(({ actor }: { actor: string }) => actor),
    ['ci', 'ada'],
  )
  // Denied to the team, it is denied to who is in it.
  const deny = { principal: 'release-managers', verb: 'promote', effect: 'deny' }
  const { id } = await ok(admin('POST', `${MODEL}/grants`, { body: deny }))
  assert.equal(await code(promote(bob, 'production', 'v0')), 'alias_protected')
  await ok(admin('DELETE', `${MODEL}/grants/${id}`))
  await ok(promote(bob, 'production', 'v0'))
  const { items } = await ok(admin('GET', `${MODEL}/grants`))
  assert.deepEqual(
    items.map((grant: { principal: string; alias: string }) => [grant.principal, grant.alias]),
    [
      ['ci', 'staging*'],
      ['release-managers', 'production'],
    ],
  )
})

test('a grant on some collections shows those, and no name of another', async (t) => {
  const { admin, ada, bob } = await setUp(t)
  const create = (name: string) =>
    ada('POST', '/projects/vision/demo/collections', { body: { name, type: 'model' } })
  for (const name of ['churn-eu', 'churn-us', 'secret']) await ok(create(name))
  const grant = { principal: 'bob', verb: 'write', collection: 'churn*' }
  await ok(ada('POST', '/projects/vision/demo/grants', { body: grant }))
  const list = await ok(bob('GET', '/projects/vision/demo/collections?limit=1'))
  assert.equal(list.items[0].name, 'churn-eu')
  const rest = await ok(bob('GET', `/projects/vision/demo/collections?cursor=${list.next}`))
  assert.deepEqual([rest.items.length, rest.items[0].name, rest.next], [1, 'churn-us', null])
  const hidden = await bob('GET', '/projects/vision/demo/collections/secret')
  const missing = await bob('GET', '/projects/vision/demo/collections/secreu')
  assert.deepEqual([hidden.status, hidden.json.details.near], [404, []])
  const { requestId: _, ...one } = hidden.json
  const { requestId: __, ...other } = missing.json
  assert.equal(JSON.stringify(one).replaceAll('secret', 'secreu'), JSON.stringify(other))
  await ok(
    bob('PATCH', '/projects/vision/demo/collections/churn-us', { body: { description: 'x' } }),
  )
  assert.equal(await code(create('secret')), 'already_exists')
  assert.deepEqual((await ok(bob('GET', '/projects'))).items.length, 1)
  assert.deepEqual((await ok(admin('GET', '/projects'))).items.length, 1)
})

test('a limited token is good for its scope, whoever’s it is, and no more', async (t) => {
  const { app, admin, ada } = await setUp(t)
  const scope = { verbs: ['read'], owner: 'registry/*' }
  for (const owner of ['ada', 'admin']) {
    const limited = restClient(app, await keyFor(admin, owner, { scope }))
    await ok(limited('GET', PORT))
    assert.equal(await code(limited('GET', `${PORT}/versions/v0/files/w`)), 'forbidden')
    assert.equal(await code(limited('GET', SOURCE)), 'owner_not_found')
    assert.deepEqual((await ok(limited('GET', '/projects'))).items, [])
    const tokens = `/users/${owner}/tokens`
    assert.equal(await code(limited('POST', tokens, { body: { name: 'x' } })), 'forbidden')
    assert.equal(await code(limited('POST', '/users', { body: { username: 'eve' } })), 'forbidden')
    assert.equal(await code(limited('POST', '/teams', { body: { name: 'x' } })), 'forbidden')
    const { access } = await ok(limited('GET', '/me'))
    assert.deepEqual(access.scope, { ...scope, collection: '*', alias: '*' })
  }
  const { access } = await ok(ada('GET', '/me'))
  assert.deepEqual(access.places, [
    { kind: 'organization', name: 'greenroom-org', role: 'member' },
    { kind: 'team', name: 'vision', role: 'admin' },
  ])
  assert.deepEqual(
    access.owners.map(({ owner, role }: { owner: { name: string }; role: string }) => [
      owner.name,
      role,
    ]),
    [['model', 'member']],
  )
})

test('a token ends when it expires, is revoked, or its account is removed', async (t) => {
  let passed = 0
  t.mock.timers.enable({ apis: ['Date'], now: Date.now() })
  t.mock.method(performance, 'now', () => passed)
  const pass = (milliseconds: number) => {
    passed += milliseconds
    t.mock.timers.tick(milliseconds)
  }
  const { app, admin, bob } = await setUp(t)
  const past = { expiresAt: '2020-01-01T00:00:00Z' }
  const body = { name: 'x', ...past }
  assert.equal(await code(admin('POST', '/users/bob/tokens', { body })), 'request_invalid')
  const soon = new Date(Date.now() + 60_000).toISOString()
  const short = restClient(app, await keyFor(admin, 'bob', { expiresAt: soon }))
  pass(50_000)
  await ok(short('GET', '/me'))
  pass(10_000)
  assert.equal(await code(short('GET', '/me')), 'unauthenticated')
  const imported = 'f'.repeat(40)
  const token = await ok(
    admin('POST', '/users/bob/tokens', { body: { name: 'from W&B', key: imported } }),
  )
  const old = restClient(app, imported)
  await ok(old('GET', '/me'))
  await ok(bob('DELETE', `/users/bob/tokens/${token.id}`))
  assert.equal(await code(old('GET', '/me')), 'unauthenticated')
  // A list of keys is of those that open something, unless one asks.
  const ids = async (query: string) => {
    const { items } = await ok(bob('GET', `/users/bob/tokens${query}`))
    return items.map(({ id }: { id: string }) => id)
  }
  assert.ok(!(await ids('')).includes(token.id))
  assert.ok((await ids('?revoked=true')).includes(token.id))
  await ok(admin('DELETE', '/users/bob'))
  assert.equal(await code(bob('GET', '/me')), 'unauthenticated')
  const taken = await admin('POST', '/users', { body: { username: 'bob' } })
  assert.equal(taken.json.code, 'already_exists')
  assert.equal(await code(admin('DELETE', '/users/admin')), 'request_invalid')
})

test('a team ends when it owns nothing; its name stays taken', async (t) => {
  const { admin, ada } = await setUp(t)
  assert.equal(await code(ada('DELETE', '/teams/vision')), 'request_invalid')
  await ok(ada('DELETE', '/projects/vision/demo?dropAliases=true'))
  await ok(ada('DELETE', '/teams/vision'))
  assert.equal(await code(ada('GET', '/teams/vision')), 'not_found')
  assert.equal(await code(admin('POST', '/teams', { body: { name: 'vision' } })), 'already_exists')
  assert.deepEqual((await ok(ada('GET', '/teams'))).items, [])
})

test('bytes count as here only for who may read all that the team has', async (t) => {
  const { ada, bob } = await setUp(t)
  await ok(ada('PUT', '/teams/vision/members/bob', { body: { role: 'member' } }))
  const asked = async () => {
    const body = { type: 'model', entries: entriesOf({ w: 'one' }) }
    const path = '/projects/vision/other/collections/guess/versions'
    return (await ok(bob('POST', path, { body }))).uploads.length
  }
  assert.equal(await asked(), 0)
  await ok(ada('PATCH', '/projects/vision/demo', { body: { restricted: true } }))
  assert.equal(await asked(), 1)
  await ok(ada('PUT', '/teams/vision/members/bob', { body: { role: 'admin' } }))
  assert.equal(await asked(), 0)
  const grant = { principal: 'bob', verb: 'download', effect: 'deny' }
  await ok(ada('POST', '/projects/vision/demo/grants', { body: grant }))
  assert.equal(await asked(), 1)
})

test('who does not read all of a team commits nothing that they have not sent', async (t) => {
  const { app, ada, bob } = await setUp(t)
  await ok(ada('PUT', '/teams/vision/members/bob', { body: { role: 'member' } }))
  await ok(ada('PATCH', '/projects/vision/demo', { body: { restricted: true } }))
  const path = '/projects/vision/other/collections/guess'
  const body = { type: 'model', entries: entriesOf({ w: 'one' }) }
  const { id } = await ok(bob('POST', `${path}/versions`, { body }))
  assert.equal(await code(bob('POST', `${path}/drafts/${id}/commit`)), 'blob_missing')
  // With the bytes at hand there is nothing to learn.
  await ok(logVersion(app, bob, path, { w: 'one' }))
  assert.equal((await bob('GET', `${path}/versions/v0/files/w`)).bytes.toString(), 'one')
})
