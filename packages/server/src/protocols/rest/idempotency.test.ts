import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  collectionPath,
  entriesOf,
  logVersion,
  type RestAnswer,
  type RestClient,
  restClient,
} from '../../../test/rest-client.ts'
import { ADMIN_KEY, type TestApp, testApp } from '../../../test/test-app.ts'

// I8 on every POST: the same twice is done once, and the key is good for nothing else.

const PATH = collectionPath('classifier', 'admin')
const LINKS = '/registries/greenroom-org/model/collections/linked'
const RUN = '/projects/admin/demo/runs/r'

interface Scene {
  readonly app: TestApp
  readonly call: RestClient
  /** An open draft whose bytes are all there. */
  readonly draft: string
  /** Another one. */
  readonly other: string
}

interface Case {
  readonly path: (scene: Scene) => string
  readonly body: object | undefined
  /** What the key is refused for; where no body may differ, another path. */
  readonly otherBody: object
  readonly otherPath?: (scene: Scene) => string
  /** What must be there once after two askings. */
  readonly count?: (scene: Scene) => Promise<number>
}

const events = async ({ call }: Scene, kind: string) =>
  (await call('GET', `/events?kind=${kind}&limit=1000`)).json.items.length

const CASES: Readonly<Record<string, Case>> = {
  createRegistry: {
    path: () => '/registries',
    body: { name: 'vision' },
    otherBody: { name: 'sound' },
    count: async ({ call }) => (await call('GET', '/registries')).json.items.length - 2,
  },
  createOrganization: {
    path: () => '/organizations',
    body: { name: 'acme-org', displayName: 'Acme' },
    otherBody: { name: 'acme-org', displayName: 'Other' },
    count: (scene) => events(scene, 'organization.created'),
  },
  createTeam: {
    path: () => '/teams',
    body: { name: 'vision' },
    otherBody: { name: 'sound' },
    count: (scene) => events(scene, 'team.created'),
  },
  createServiceAccount: {
    path: () => '/service-accounts',
    body: { name: 'ci', organization: 'greenroom-org' },
    otherBody: { name: 'cd', organization: 'greenroom-org' },
    count: (scene) => events(scene, 'service_account.created'),
  },
  createGrant: {
    path: () => '/projects/admin/demo/grants',
    body: { principal: 'ada', verb: 'read' },
    otherBody: { principal: 'ada', verb: 'write' },
    count: (scene) => events(scene, 'grant.created'),
  },
  createProject: {
    path: () => '/projects',
    body: { name: 'fresh' },
    otherBody: { name: 'other' },
  },
  createCollection: {
    path: () => '/projects/admin/demo/collections',
    body: { name: 'fresh', type: 'model' },
    otherBody: { name: 'other', type: 'model' },
  },
  createVersion: {
    path: () => `${PATH}/versions`,
    body: { type: 'model', entries: entriesOf({ w: 'fresh' }) },
    otherBody: { type: 'model', entries: entriesOf({ w: 'other' }) },
  },
  putDraftEntries: {
    path: ({ draft }) => `${PATH}/drafts/${draft}`,
    body: { entries: [] },
    otherBody: { entries: entriesOf({ more: 'weights 0' }) },
  },
  commitVersion: {
    path: ({ draft }) => `${PATH}/drafts/${draft}/commit`,
    body: undefined,
    otherBody: {},
    otherPath: ({ other }) => `${PATH}/drafts/${other}/commit`,
    count: async (scene) => (await events(scene, 'version.committed')) - 3,
  },
  rollBack: {
    path: () => `${PATH}/aliases/production/rollback`,
    body: { reason: 'too slow' },
    otherBody: { reason: 'too wrong' },
    count: async ({ call }) => {
      const { items } = (await call('GET', `${PATH}/aliases/production/history`)).json
      return items.filter(({ cause }: { cause: string }) => cause === 'rollback').length
    },
  },
  dryRunPromotion: {
    path: () => `${PATH}/aliases/production/dry-run`,
    body: { version: 'v0' },
    otherBody: { version: 'v1' },
  },
  dryRunRollback: {
    path: () => `${PATH}/aliases/production/rollback/dry-run`,
    body: {},
    otherBody: { to: 'v0' },
  },
  quarantineVersion: {
    path: () => `${PATH}/versions/v0/quarantine`,
    body: { reason: 'opcode REDUCE' },
    otherBody: { reason: 'something else' },
    count: (scene) => events(scene, 'version.quarantined'),
  },
  linkVersion: {
    path: () => `${LINKS}/links`,
    body: { version: 'admin/demo/classifier:latest' },
    otherBody: { version: 'admin/demo/classifier:v0' },
    count: (scene) => events(scene, 'version.linked'),
  },
  changeAliases: {
    path: () => `${PATH}/aliases`,
    body: { version: 'v0', add: ['x'] },
    otherBody: { version: 'v1', add: ['x'] },
    count: async ({ call }) => (await call('GET', `${PATH}/aliases/x/history`)).json.items.length,
  },
  startRun: {
    path: () => '/projects/admin/demo/runs',
    body: { jobType: 'train' },
    otherBody: { jobType: 'evaluate' },
    count: async (scene) => (await events(scene, 'run.created')) - 1,
  },
  recordMetrics: {
    path: () => `${RUN}/history`,
    body: { rows: [{ values: { loss: 1 } }] },
    otherBody: { rows: [{ values: { loss: 2 } }] },
    count: async ({ call }) => (await call('GET', `${RUN}/history`)).json.count,
  },
  recordOutput: {
    path: () => `${RUN}/output`,
    body: { lines: ['x'] },
    otherBody: { lines: ['y'] },
    count: async ({ call }) => (await call('GET', `${RUN}/output`)).json.count,
  },
  finishRun: {
    path: () => `${RUN}/finish`,
    body: undefined,
    otherBody: { exitCode: 1 },
    count: (scene) => events(scene, 'run.finished'),
  },
  useVersion: {
    path: () => `${RUN}/inputs`,
    body: { version: 'demo/classifier:v0' },
    otherBody: { version: 'demo/classifier:v1' },
    count: (scene) => events(scene, 'version.used'),
  },
  createUser: {
    path: () => '/users',
    body: { username: 'grace' },
    otherBody: { username: 'hopper' },
    count: async (scene) => (await events(scene, 'user.created')) - 2,
  },
}

async function scene(app: TestApp): Promise<Scene> {
  const call = restClient(app, ADMIN_KEY)
  for (const at of [0, 1, 2]) {
    await logVersion(app, call, PATH, { w: `weights ${at}` })
    await call('PUT', `${PATH}/aliases/production`, { body: { version: `v${at}` } })
  }
  await call('POST', '/projects/admin/demo/runs', { body: { run: 'r' } })
  const begin = async (path: string) => {
    const body = { type: 'model', entries: entriesOf({ [path]: 'weights 0' }) }
    return (await call('POST', `${PATH}/versions`, { body })).json.id
  }
  return { app, call, draft: await begin('a'), other: await begin('b') }
}

function send(call: RestClient, path: string, body: object | undefined, key: string) {
  const headers = { 'idempotency-key': key }
  return call('POST', path, { headers, ...(body === undefined ? {} : { body }) })
}

/** Without what differs between any two answers: links are signed anew, and a draft lives on. */
function said({ json }: RestAnswer): unknown {
  const { uploads, created, expiresAt, ...rest } = json ?? {}
  return rest
}

for (const [id, { path, body, otherBody, otherPath, count }] of Object.entries(CASES))
  test(`${id}: the same twice is done once, the key with another request is refused`, async (t) => {
    const all = await scene(await testApp(t))
    const { call } = all
    const first = await send(call, path(all), body, 'k-1')
    assert.ok(first.status < 300, JSON.stringify(first.json))
    const again = await send(call, path(all), body, 'k-1')
    assert.ok(again.status < 300, JSON.stringify(again.json))
    assert.deepEqual(said(again), said(first))
    assert.equal(await count?.(all), count === undefined ? undefined : 1)
    const reused = await send(call, (otherPath ?? path)(all), otherBody, 'k-1')
    assert.deepEqual([reused.status, reused.json.code], [422, 'idempotency_key_reused'])
    for (const key of ['', 'k'.repeat(201)]) {
      const refused = await send(call, path(all), body, key)
      assert.deepEqual([refused.status, refused.json.code], [400, 'request_invalid'])
    }
  })

test('every POST of the contract has its case', async (t) => {
  const { app } = await testApp(t)
  const { paths } = (await app.inject('/openapi.json')).json()
  const posts = Object.values(paths as Record<string, { post?: { operationId: string } }>)
  const ids = posts.flatMap(({ post }) => post?.operationId ?? [])
  // Who signs in is nobody yet: there is no one to keep an answer for.
  const others = ['createToken', 'signIn']
  assert.deepEqual(ids.toSorted(), [...Object.keys(CASES), ...others].sort())
})

test('a token made under a key is told once: its key is never kept', async (t) => {
  const app = await testApp(t)
  const call = restClient(app, ADMIN_KEY)
  const path = '/users/ada/tokens'
  const first = await send(call, path, { name: 'ci' }, 'k-1')
  assert.equal(first.status, 201)
  const again = await send(call, path, { name: 'ci' }, 'k-1')
  assert.deepEqual([again.status, again.json.code], [409, 'already_exists'])
  assert.match(again.json.detail, /shown once/)
  const reused = await send(call, path, { name: 'cd' }, 'k-1')
  assert.equal(reused.json.code, 'idempotency_key_reused')
  assert.equal((await call('GET', path)).json.items.length, 2)
  const kept = await app.registry.metadata.read((tx) => tx.requests.find(app.admin.userId, 'k-1'))
  assert.ok(kept !== undefined && !JSON.stringify(kept).includes(first.json.key))
  // The answer that was told is good all the same.
  assert.equal((await restClient(app, first.json.key)('GET', '/me')).json.user.username, 'ada')
})

test('who may not see a place any more is not told again what was done there', async (t) => {
  const app = await testApp(t)
  const admin = restClient(app, ADMIN_KEY)
  await admin('POST', '/projects', { body: { name: 'demo' } })
  const member = '/projects/admin/demo/members/ada'
  await admin('PUT', member, { body: { role: 'member' } })
  const made = await admin('POST', '/users/ada/tokens', { body: { name: 'all' } })
  const body = { name: 'elsewhere', scope: { verbs: ['read'], owner: 'ada/*' } }
  const narrow = await admin('POST', '/users/ada/tokens', { body })
  const ada = restClient(app, made.json.key)
  const narrowed = restClient(app, narrow.json.key)
  const path = '/projects/admin/demo/collections'
  const collection = { name: 'secret', type: 'model' }
  const first = await send(ada, path, collection, 'k-1')
  assert.equal(first.status, 201)

  const elsewhere = await send(narrowed, path, collection, 'k-1')
  assert.deepEqual([elsewhere.status, elsewhere.json.code], [404, 'owner_not_found'])
  assert.deepEqual((await send(ada, path, collection, 'k-1')).json, first.json)
  await admin('DELETE', member)
  const taken = await send(ada, path, collection, 'k-1')
  assert.deepEqual([taken.status, taken.json.code], [404, 'owner_not_found'])
})

test('a refusal frees the key of what is done in one transaction', async (t) => {
  const call = restClient(await testApp(t), ADMIN_KEY)
  const path = '/projects/admin/demo/collections'
  const wrong = await send(call, path, { name: 'a/b', type: 'model' }, 'k-1')
  assert.equal(wrong.json.code, 'name_invalid')
  const right = await send(call, path, { name: 'ab', type: 'model' }, 'k-1')
  assert.equal(right.status, 201)
})

test('a draft is asked for again where neither project nor collection is there yet', async (t) => {
  const call = restClient(await testApp(t), ADMIN_KEY)
  const body = { type: 'model', entries: entriesOf({ w: 'fresh' }) }
  const path = '/projects/admin/nothing/collections/yet/versions'
  const first = await send(call, path, body, 'k-1')
  const again = await send(call, path, body, 'k-1')
  assert.deepEqual([again.status, again.json.id], [201, first.json.id])
})

test('a draft asked for again is answered as what it has become', async (t) => {
  const app = await testApp(t)
  const call = restClient(app, ADMIN_KEY)
  const body = { type: 'model', entries: [{ path: 'w', reference: 's3://bucket/w' }] }
  const first = await send(call, `${PATH}/versions`, body, 'k-1')
  assert.equal(first.status, 201)
  await call('POST', `${PATH}/drafts/${first.json.id}/commit`)
  const again = await send(call, `${PATH}/versions`, body, 'k-1')
  assert.deepEqual([again.status, again.json.id, again.json.version], [200, first.json.id, 'v0'])
})
