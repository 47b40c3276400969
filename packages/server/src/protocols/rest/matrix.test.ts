import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import {
  entriesOf,
  type RestAnswer,
  type RestClient,
  restClient,
} from '../../../test/rest-client.ts'
import { ADMIN_KEY, type TestApp, testApp } from '../../../test/test-app.ts'
import type { Verb } from '../../core/model/grant.ts'
import { isAtLeast, type Role } from '../../core/model/role.ts'
import { type Resource, ROUTE_RIGHTS, type RouteRight, rightOf } from './route-rights.ts'

// Every route × every kind of caller × what is theirs, somebody else's, and nobody's. The routes
// come from the server, what each does from `route-rights.ts`, and what each caller may from here.

/** Who calls: a role in the team `vision` and its organization, or something else. */
type Caller =
  | 'no token'
  | 'wrong key'
  | 'stranger'
  | 'viewer'
  | 'member'
  | 'admin'
  | 'robot'
  | 'administrator'

const CALLERS: readonly Caller[] = [
  ...(['no token', 'wrong key', 'stranger', 'viewer', 'member', 'admin'] as const),
  ...(['robot', 'administrator'] as const),
]
const ROLES: Readonly<Partial<Record<Caller, Role>>> = {
  viewer: 'viewer',
  member: 'member',
  admin: 'admin',
  // A member whose token may only write, and move `staging*`.
  robot: 'member',
  administrator: 'admin',
}

/** `foreign`: of another organization, that no caller but the administrator belongs to. */
type Thing = 'own' | 'foreign' | 'missing'
const THINGS: readonly Thing[] = ['own', 'foreign', 'missing']

type Outcome = 'allowed' | 'forbidden' | 'hidden' | 'unauthenticated'

/** What must come of it: the table of `docs/rights.md`, written down a second time. */
function expected(caller: Caller, resource: Resource, action: Verb, thing: Thing): Outcome {
  if (resource === 'public') return 'allowed'
  if (caller === 'no token' || caller === 'wrong key') return 'unauthenticated'
  if (resource === 'visible') return 'allowed'
  if (resource === 'installation') return caller === 'administrator' ? 'allowed' : 'forbidden'
  if (caller === 'administrator') return thing === 'missing' ? 'hidden' : 'allowed'
  if (resource === 'user') return 'forbidden'
  // Whose name is taken is for administrators to know.
  if (resource === 'account') return thing === 'own' && caller === 'admin' ? 'allowed' : 'forbidden'
  if (thing !== 'own' || caller === 'stranger') return 'hidden'
  if (resource === 'content') return 'forbidden'
  const isLimited = caller === 'robot' && action !== 'read'
  if (isLimited && ['team', 'organization', 'entity'].includes(resource)) return 'forbidden'
  // `staging` is not protected: who may write may move it.
  const least = { read: 'viewer', download: 'viewer', write: 'member', promote: 'member' } as const
  const may = isAtLeast(ROLES[caller], action === 'administer' ? 'admin' : least[action])
  if (!may && resource === 'draft') return 'hidden'
  return may ? 'allowed' : 'forbidden'
}

interface Route {
  readonly id: string
  readonly method: string
  /** Under `/api/v1`, with `{parts}`. */
  readonly template: string
}

interface Scene {
  readonly app: TestApp
  readonly clients: Readonly<Record<Caller, RestClient>>
  readonly routes: readonly Route[]
  /** Sends as the administrator, and gives what was answered. */
  readonly must: (method: string, path: string, body?: object) => Promise<Made>
}
interface Made {
  readonly id: string
  readonly uploads: readonly { readonly url: string }[]
}

const keyOf = (caller: string) => caller.padEnd(40, '0').replaceAll(' ', '_')

async function setUp(t: TestContext): Promise<Scene> {
  const app = await testApp(t)
  const must = async (method: string, path: string, body?: object): Promise<Made> => {
    const url = path.startsWith('/transfer') ? path : `/api/v1${path}`
    const answer = await app.app.inject({
      method: method as 'GET',
      url,
      headers: { authorization: `Bearer ${ADMIN_KEY}` },
      ...(body === undefined ? {} : { payload: body }),
    })
    assert.ok(answer.statusCode < 300, `${method} ${path}: ${answer.body}`)
    return answer.body === '' ? { id: '', uploads: [] } : answer.json()
  }
  for (const name of ['acme', 'rivals'])
    await must('POST', '/organizations', { name: `${name}-org`, displayName: name })
  await must('POST', '/teams', { name: 'vision', organization: 'acme-org' })
  await must('POST', '/teams', { name: 'spies', organization: 'rivals-org' })
  const join = async (username: string, organization: string, team: string, role: Role) => {
    await must('PUT', `/organizations/${organization}/members/${username}`, { role })
    await must('PUT', `/teams/${team}/members/${username}`, { role })
  }
  for (const caller of ['stranger', 'viewer', 'member', 'admin', 'guest', 'agent']) {
    const username = `the-${caller}`
    await must('POST', '/users', { username, organization: 'greenroom-org' })
    await must('POST', `/users/${username}/tokens`, { name: 'key', key: keyOf(caller) })
    const role = ROLES[caller as Caller]
    if (role !== undefined) await join(username, 'acme-org', 'vision', role)
  }
  await join('the-guest', 'acme-org', 'vision', 'viewer')
  await join('the-agent', 'rivals-org', 'spies', 'viewer')
  await must('POST', '/service-accounts', { name: 'robot', team: 'vision', role: 'member' })
  await must('PUT', '/organizations/acme-org/members/robot', { role: 'member' })
  const scope = { verbs: ['write'], owner: 'vision/*', alias: 'staging*' }
  await must('POST', '/users/robot/tokens', { name: 'key', key: keyOf('robot'), scope })
  const clients = Object.fromEntries(
    CALLERS.map((caller) => [caller, restClient(app, keyOf(caller))]),
  ) as Record<Caller, RestClient>
  const anonymous = restClient(app, '')
  const headers = { authorization: '' }
  clients['no token'] = (method, path, rest) => anonymous(method, path, { ...rest, headers })
  clients.administrator = restClient(app, ADMIN_KEY)
  return { app, clients, must, routes: await routesOf(app) }
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

// ---------- what is called ----------

/** Names of one thing of each kind: what the `{parts}` of a path, a query or a body may be. */
type Parts = Readonly<Record<string, string>>

const FIXED = {
  ...{ kind: 'projects', collection: 'classifier', selector: 'v0', alias: 'staging', path: 'w' },
  ...{ run: 'r' },
}
let made = 0
let calls = 0

/** Names in `vision` and its organization, or in those of strangers to all callers. */
function namesOf(thing: 'own' | 'foreign') {
  made += 1
  const isOwn = thing === 'own'
  return {
    ...FIXED,
    ...(isOwn
      ? { entity: 'vision', organization: 'acme-org', member: 'the-guest' }
      : { entity: 'spies', organization: 'rivals-org', member: 'the-agent' }),
    ...{ owner: `p${made}`, team: `t${made}`, account: `s${made}`, user: `u${made}` },
    ...{ grant: 'none', draft: 'none', token: 'none' },
  }
}

/** Fresh things for a call on a resource, or of every kind where none is named. */
async function make(
  scene: Scene,
  thing: Thing,
  maker: Caller,
  resource?: Resource,
): Promise<Parts> {
  if (thing === 'missing') return MISSING
  const { must } = scene
  const names = namesOf(thing)
  const { entity, organization, member, team, user } = names
  const is = (...kinds: readonly Resource[]) => resource === undefined || kinds.includes(resource)
  const ids: { grant?: string; draft?: string; token?: string } = {}
  await must('PUT', `/organizations/${organization}/members/${member}`, { role: 'viewer' })
  await must('PUT', `/teams/${entity}/members/${member}`, { role: 'viewer' })
  if (is('owner', 'collection', 'alias', 'draft', 'content'))
    Object.assign(ids, await makeProject(scene, names, maker))
  if (is('team')) {
    await must('POST', '/teams', { name: team, organization })
    const others = { 'the-viewer': 'viewer', 'the-member': 'member', 'the-admin': 'admin' }
    const members = thing === 'own' ? { ...others, robot: 'member' } : {}
    for (const [name, role] of Object.entries({ ...members, [member]: 'viewer' }))
      await must('PUT', `/teams/${team}/members/${name}`, { role })
  }
  if (is('account')) {
    await must('POST', '/service-accounts', { name: names.account, team: entity })
    const path = `/users/${names.account}/tokens`
    ids.token = (await must('POST', path, { name: 'spare' })).id
  }
  if (is('user')) await must('POST', '/users', { username: user, organization })
  return { ...names, ...ids }
}

async function makeProject(
  { app, clients, must }: Scene,
  { entity, owner, member }: ReturnType<typeof namesOf>,
  maker: Caller,
): Promise<{ readonly grant: string; readonly draft: string }> {
  const base = `/projects/${entity}/${owner}`
  const path = `${base}/collections/classifier`
  await must('POST', '/projects', { name: owner, entity })
  for (const text of ['one', 'two']) {
    const entries = entriesOf({ w: text })
    const draft = await must('POST', `${path}/versions`, { type: 'model', entries })
    for (const { url } of draft.uploads) await upload(app, url, text)
    await must('POST', `${path}/drafts/${draft.id}/commit`)
  }
  for (const version of ['v0', 'v1']) await must('PUT', `${path}/aliases/staging`, { version })
  const version = `${entity}/${owner}/classifier:v0`
  await must('POST', `${base}/collections/linked/links`, { version })
  await must('POST', `${base}/runs`, { run: 'r' })
  await must('PUT', `${base}/members/${member}`, { role: 'viewer' })
  const grant = await must('POST', `${base}/grants`, { principal: member, verb: 'read' })
  const begun = await clients[maker]('POST', `${path}/versions`, {
    body: { type: 'model', entries: [{ path: 'ref', reference: `s3://bucket/${made}` }] },
  })
  return { grant: grant.id, draft: begun.json.id ?? 'none' }
}

async function upload({ app }: TestApp, url: string, payload: string): Promise<void> {
  const headers = { 'content-type': 'application/octet-stream' }
  const answer = await app.inject({ method: 'PUT', url: new URL(url).pathname, headers, payload })
  assert.equal(answer.statusCode, 200, answer.body)
}

const MISSING: Parts = {
  ...FIXED,
  ...{ entity: 'nobody', owner: 'nothing', organization: 'nowhere', team: 'noteam' },
  ...{ account: 'noaccount', user: 'nouser', member: 'nomember' },
  ...{ grant: 'nogrant', draft: 'nodraft', token: 'notoken' },
}

/** Of whom tokens are: service accounts, which a team's admin manages. */
const OF_ACCOUNTS = ['changeUser', 'listTokens', 'createToken', 'revokeToken']

const BODIES: Readonly<Record<string, (parts: Parts) => object>> = {
  createRegistry: ({ owner, organization }) => ({ name: owner, entity: organization }),
  createProject: ({ entity }) => ({ name: 'fresh', entity }),
  changeOwner: () => ({ description: 'x' }),
  putStages: () => ({ items: [{ name: 'staging' }] }),
  setMember: () => ({ role: 'admin' }),
  createGrant: ({ member }) => ({ principal: member, verb: 'write' }),
  createCollection: () => ({ name: 'fresh', type: 'model' }),
  changeCollection: () => ({ description: 'x' }),
  createVersion: () => ({ type: 'model', entries: [{ path: 'x', reference: 's3://x/y' }] }),
  changeVersion: () => ({ tags: ['x'] }),
  quarantineVersion: () => ({ reason: 'x' }),
  putDraftEntries: () => ({ entries: [{ path: 'y', reference: 's3://x/y' }] }),
  linkVersion: ({ entity, owner }) => ({ version: `${entity}/${owner}/classifier:v1` }),
  dryRunPromotion: () => ({ version: 'v0' }),
  dryRunRollback: () => ({}),
  startRun: () => ({ run: 'fresh' }),
  changeRun: () => ({ notes: 'x' }),
  recordMetrics: () => ({ rows: [{ values: { loss: 1 } }] }),
  recordOutput: () => ({ lines: ['x'] }),
  finishRun: () => ({}),
  useVersion: ({ entity, owner }) => ({ version: `${entity}/${owner}/classifier:v0` }),
  createUser: () => ({ username: `fresh${calls}` }),
  changeUser: () => ({ displayName: 'x' }),
  createToken: () => ({ name: 'x' }),
  setPassword: () => ({ password: 'correct horse battery' }),
  createOrganization: () => ({ name: `o${calls}-org`, displayName: `Organization ${calls}` }),
  changeOrganization: () => ({ displayName: `Another name ${calls}` }),
  setOrganizationMember: () => ({ role: 'member' }),
  createTeam: ({ owner, organization }) => ({ name: `${owner}-team`, organization }),
  setTeamMember: () => ({ role: 'member' }),
  createServiceAccount: ({ owner, entity }) => ({ name: `${owner}-bot`, team: entity }),
  changeAliases: () => ({ version: 'v0', add: ['staging'] }),
  putAlias: () => ({ version: 'v0' }),
  signIn: () => ({ code: 'none' }),
}

const QUERIES: Readonly<Record<string, (parts: Parts) => string>> = {
  compareVersions: () => '?base=v0&head=v1',
  resolveRef: ({ entity, owner }) => `?ref=${entity}/${owner}/classifier:staging`,
  deleteOwner: () => '?dropAliases=true',
  explainAccess: ({ member }) => `?principal=${member}&verb=promote&alias=staging`,
  deleteCollection: () => '?dropAliases=true',
  deleteVersion: () => '?dropAliases=true',
  listServiceAccounts: ({ entity }) => `?team=${entity}`,
}

/** Where a call needs another thing than the rest. */
const PARTS: Readonly<Record<string, Parts>> = {
  linkVersion: { collection: 'links' },
  unlinkVersion: { collection: 'linked' },
}

function send(client: RestClient, { id, method, template }: Route, all: Parts) {
  const parts: Parts = {
    ...all,
    ...PARTS[id],
    ...(OF_ACCOUNTS.includes(id) ? { user: all.account ?? '' } : {}),
  }
  const path = template.replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(parts[name] ?? ''))
  const body = BODIES[id]?.(parts)
  const query = QUERIES[id]?.(parts) ?? ''
  calls += 1
  // From anywhere: an address of which too many fail is held off.
  const from = `10.0.${calls >> 8}.${calls & 255}`
  return client(method, `${path}${query}`, body === undefined ? { from } : { from, body })
}

// ---------- what comes of it ----------

function outcomeOf({ status }: RestAnswer): Outcome | `status ${number}` {
  if (status < 400) return 'allowed'
  if (status === 401) return 'unauthenticated'
  if (status === 403) return 'forbidden'
  return status === 404 ? 'hidden' : `status ${status}`
}

/** A refusal without what the caller said, and what no two answers share. */
function told({ status, headers, json }: RestAnswer, parts: Parts): unknown {
  const { requestId, ...problem } = json
  const names = Object.entries(parts).filter(([name]) => !(name in FIXED))
  const text = names
    .toSorted(([, a], [, b]) => b.length - a.length)
    .reduce((all, [name, value]) => all.replaceAll(value, `<${name}>`), JSON.stringify(problem))
  const { 'x-request-id': _, date, 'content-length': __, ...rest } = headers
  return { status, text, headers: rest }
}

interface Cell {
  readonly route: Route
  readonly right: RouteRight
  readonly caller: Caller
  readonly thing: Thing
  readonly outcome: Outcome
}

/** An endless answer; what may be seen of it is what `listEvents` gives. */
const ENDLESS = 'watchEvents'

function cellsOf(routes: readonly Route[]): readonly Cell[] {
  return routes.flatMap((route) => {
    const right = rightOf(route.id)
    assert.ok(right !== undefined, route.id)
    return CALLERS.flatMap((caller) =>
      THINGS.map((thing): Cell => {
        const outcome = expected(caller, right.resource, right.action, thing)
        return { route, right, caller, thing, outcome }
      }),
    )
  })
}

test('every route × caller × thing is answered as the table says', async (t) => {
  const scene = await setUp(t)
  const { routes, clients, app } = scene
  assert.deepEqual(routes.map(({ id }) => id).sort(), Object.keys(ROUTE_RIGHTS).sort())
  const cells = cellsOf(routes)
  const shared = {
    own: await make(scene, 'own', 'member'),
    foreign: await make(scene, 'foreign', 'administrator'),
    missing: MISSING,
  }
  const head = () => app.registry.metadata.read(({ events }) => events.head())
  const wrong: string[] = []
  const check = ({ route, caller, thing, outcome }: Cell, answer: RestAnswer) => {
    const got = outcomeOf(answer)
    if (got !== outcome)
      wrong.push(`${route.id}, ${caller}, ${thing}: ${got} for ${outcome} ${answer.json?.detail}`)
  }
  const before = await head()
  const refusals = cells.filter(({ outcome }) => outcome !== 'allowed')
  const seen = new Map<string, unknown>()
  for (const cell of refusals) {
    const { route, caller, thing, outcome } = cell
    const answer = await send(clients[caller], route, shared[thing])
    check(cell, answer)
    const key = `${route.id} ${caller} ${outcome}`
    const what = told(answer, shared[thing])
    if (thing === 'foreign') seen.set(key, what)
    else if (thing === 'missing' && seen.has(key))
      assert.deepEqual(what, seen.get(key), `${key}: what is foreign looks like what is not there`)
  }
  assert.deepEqual(wrong, [])
  assert.deepEqual(await head(), before, 'what was refused has changed nothing')
  const rest = cells.filter(
    ({ route, right, outcome }) =>
      outcome === 'allowed' && right.resource !== 'public' && route.id !== ENDLESS,
  )
  for (const cell of rest) {
    const { route, caller, thing } = cell
    const maker = caller === 'stranger' ? 'administrator' : caller
    const { resource } = cell.right
    // What is only looked at is shared, but for a draft: it is its maker's.
    const isShared = route.method === 'GET' && resource !== 'draft'
    const parts = isShared ? shared[thing] : await make(scene, thing, maker, resource)
    check(cell, await send(clients[caller], route, parts))
  }
  assert.deepEqual(wrong, [])
  t.diagnostic(`${cells.length} cells of ${routes.length} routes, ${refusals.length} refused`)
})

test('a route that says nothing of its right does not start', () => {
  assert.equal(rightOf('fly'), undefined)
  assert.equal(rightOf('toString'), undefined)
})
