import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import {
  collectionPath,
  logVersion,
  type RestClient,
  restClient,
} from '../../../test/rest-client.ts'
import { ADMIN_KEY, type TestApp, testApp, USER_KEY } from '../../../test/test-app.ts'

const BOB_KEY = 'b'.repeat(44)

interface Route {
  readonly id: string
  readonly method: string
  /** Under `/api/v1`, with `{parts}`. */
  readonly template: string
}

/** What a route takes, where it takes something. */
const BODIES: Readonly<Record<string, object>> = {
  createCollection: { name: 'fresh', type: 'model' },
  createVersion: { type: 'model', entries: [] },
  changeVersion: { tags: ['x'] },
  putDraftEntries: { entries: [] },
  putAlias: { version: 'v0' },
  changeAliases: { version: 'v0', add: ['x'] },
  startRun: {},
  changeRun: { notes: 'x' },
  recordMetrics: { rows: [{ values: { a: 1 } }] },
  recordOutput: { lines: ['x'] },
  finishRun: {},
  useVersion: { version: 'ada/demo/classifier:v0' },
  createUser: { username: 'eve' },
  createToken: { name: 'more' },
  createRegistry: { name: 'fresh' },
  createProject: { name: 'fresh' },
  changeOwner: { description: 'x' },
  changeUser: { displayName: 'x' },
  createGrant: { principal: 'bob', verb: 'read' },
  createOrganization: { name: 'acme-org', displayName: 'Acme' },
  createServiceAccount: { name: 'ci', team: 'none' },
  createTeam: { name: 'vision' },
  changeOrganization: { displayName: 'x' },
  setMember: { role: 'admin' },
  setOrganizationMember: { role: 'admin' },
  setTeamMember: { role: 'admin' },
  putStages: { items: [{ name: 'staging' }] },
  changeCollection: { description: 'x' },
  quarantineVersion: { reason: 'x' },
  linkVersion: { version: 'none' },
  dryRunPromotion: { version: 'v0' },
}

/** What a route cannot do without in its query. */
const QUERIES: Readonly<Record<string, string>> = {
  explainAccess: '?principal=ada&verb=promote',
  compareVersions: '?base=v0&head=v0',
}

async function started(
  t: TestContext,
): Promise<{ app: TestApp; ada: RestClient; bob: RestClient }> {
  const app = await testApp(t)
  const ada = restClient(app, USER_KEY)
  const admin = restClient(app, ADMIN_KEY)
  await admin('POST', '/users', { body: { username: 'bob' } })
  await admin('POST', '/users/bob/tokens', { body: { name: 'his', key: BOB_KEY } })
  const logged = await logVersion(app, ada, collectionPath('classifier'), { w: 'secret' })
  assert.equal(logged.status, 201)
  await ada('PUT', `${collectionPath('classifier')}/aliases/production`, {
    body: { version: 'v0' },
  })
  return { app, ada, bob: restClient(app, BOB_KEY) }
}

async function routesOf({ app }: TestApp): Promise<Route[]> {
  const { paths } = (await app.inject('/openapi.json')).json()
  return Object.entries(paths as Record<string, Record<string, { operationId: string }>>).flatMap(
    ([template, methods]) =>
      Object.entries(methods).map(([method, { operationId }]) => ({
        id: operationId,
        method: method.toUpperCase(),
        template: template.replace('/api/v1', ''),
      })),
  )
}

function fill(template: string, parts: Readonly<Record<string, string>>): string {
  return template.replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(parts[name] ?? 'x'))
}

const OWN = {
  kind: 'projects',
  entity: 'ada',
  owner: 'demo',
  collection: 'classifier',
  selector: 'v0',
  alias: 'production',
  path: 'w',
  draft: 'none',
  user: 'ada',
  token: 'none',
}

test('everything but the document and the way in needs a token', async (t) => {
  const { app } = await started(t)
  const routes = await routesOf(app)
  assert.ok(routes.length > 25)
  for (const { method, template, id } of routes) {
    if (id === 'signIn' || id === 'signOut') continue
    const url = `/api/v1${fill(template, OWN)}`
    for (const headers of [
      {},
      { authorization: '' },
      { authorization: 'Bearer' },
      { authorization: `Bearer ${'x'.repeat(40)}` },
      { authorization: `Token ${USER_KEY}` },
      { cookie: `key=${USER_KEY}` },
      { cookie: `__Host-greenroom=${'0'.repeat(64)}`, 'sec-fetch-site': 'same-origin' },
    ]) {
      const payload = BODIES[id]
      const answer = await app.app.inject({
        method: method as 'GET',
        url,
        headers,
        ...(payload === undefined ? {} : { payload }),
      })
      assert.deepEqual([answer.statusCode, answer.json().code], [401, 'unauthenticated'], id)
      assert.match(String(answer.headers['www-authenticate']), /^Bearer/)
    }
  }
  assert.equal((await app.app.inject('/openapi.json')).statusCode, 200)
  const { statusCode } = await app.app.inject(`/openapi.json?key=${USER_KEY}`)
  assert.equal(statusCode, 200)
})

test('what is foreign looks exactly like what is missing, on every route', async (t) => {
  const { app, bob } = await started(t)
  for (const { method, template, id } of await routesOf(app)) {
    if (!template.includes('{owner}')) continue
    const body = BODIES[id]
    const options = body === undefined ? {} : { body }
    const look = async (parts: Readonly<Record<string, string>>) => {
      const path = `${fill(template, { ...OWN, ...parts })}${QUERIES[id] ?? ''}`
      const { status, json } = await bob(method, path, options)
      const { requestId, ...rest } = json
      assert.equal(typeof requestId, 'string')
      // Only the names that the caller gave may differ.
      const text = JSON.stringify(rest)
      return [status, text.replaceAll('nobody', 'ada').replaceAll('nowhere', 'demo')]
    }
    const foreign = await look({})
    assert.equal(foreign[0], 404, `${id}: ${foreign[1]}`)
    assert.deepEqual(await look({ owner: 'nowhere' }), foreign, id)
    assert.deepEqual(await look({ entity: 'nobody' }), foreign, id)
  }
})

test('nothing of ada changed by what bob tried, and an administrator sees all', async (t) => {
  const { app, ada, bob } = await started(t)
  const admin = restClient(app, ADMIN_KEY)
  const path = collectionPath('classifier')
  const before = (await ada('GET', `${path}/history`)).json
  await bob('PUT', `${path}/aliases/production`, { body: { version: 'v0' } })
  await bob('DELETE', `${path}/aliases/production`)
  await bob('POST', `${path}/versions`, { body: { type: 'model', entries: [] } })
  assert.deepEqual((await ada('GET', `${path}/history`)).json, before)
  for (const tail of ['', '/versions', '/versions/v0', '/aliases', '/resolve/production'])
    assert.equal((await admin('GET', `${path}${tail}`)).status, 200, tail)
  const bytes = await admin('GET', `${path}/versions/v0/files/w`)
  assert.equal(bytes.bytes.toString(), 'secret')
  const moved = await admin('DELETE', `${path}/aliases/production`)
  assert.deepEqual([moved.status, moved.json.lastMove.actor], [200, 'admin'])
})

test('an answer kept for one caller is not given to another', async (t) => {
  const { ada, bob } = await started(t)
  const path = `${collectionPath('classifier')}/resolve/production`
  for (let turn = 0; turn < 3; turn++) {
    assert.equal((await ada('GET', path)).status, 200)
    assert.deepEqual((await bob('GET', path)).json.code, 'owner_not_found')
  }
})

test("accounts are for administrators, one can see to one's own tokens", async (t) => {
  const { app, bob } = await started(t)
  const admin = restClient(app, ADMIN_KEY)
  for (const [method, path, body] of [
    ['GET', '/users', undefined],
    ['POST', '/users', { username: 'eve' }],
    ['GET', '/users/ada/tokens', undefined],
    ['GET', '/users/nobody/tokens', undefined],
    ['POST', '/users/ada/tokens', { name: 'x' }],
    ['POST', '/users/bob/tokens', { name: 'x', key: 'k'.repeat(40) }],
    ['DELETE', '/users/ada/tokens/x', undefined],
  ] as const) {
    const answer = await bob(method, path, body === undefined ? {} : { body })
    assert.deepEqual([answer.status, answer.json.code], [403, 'forbidden'], path)
  }
  const own = await bob('POST', '/users/bob/tokens', { body: { name: 'second' } })
  assert.equal(own.status, 201)
  assert.match(own.json.key, /^hf_\w{49}$/)
  const fresh = restClient(app, own.json.key)
  assert.equal((await fresh('GET', '/me')).json.user.username, 'bob')
  const { items } = (await bob('GET', '/users/bob/tokens')).json
  assert.deepEqual(items.map(({ name }: { name: string }) => name).sort(), ['his', 'second'])
  assert.ok(!JSON.stringify(items).includes(BOB_KEY))
  assert.equal((await bob('DELETE', `/users/bob/tokens/${own.json.id}`)).status, 204)
  assert.equal((await bob('DELETE', '/users/bob/tokens/none')).json.code, 'not_found')
  assert.equal(
    (await admin('POST', '/users', { body: { username: 'bob' } })).json.code,
    'already_exists',
  )
  for (const username of ['api', 'Registries', 'registry_x', 'a/b', '', 'openapi.json']) {
    const answer = await admin('POST', '/users', { body: { username } })
    assert.deepEqual([answer.status, answer.json.code], [422, 'name_invalid'], username)
  }
  const short = await admin('POST', '/users/bob/tokens', { body: { name: 'x', key: 'short' } })
  assert.equal(short.json.code, 'request_invalid')
  const taken = await admin('POST', '/users/ada/tokens', { body: { name: 'x', key: BOB_KEY } })
  assert.equal(taken.json.code, 'already_exists')
})
