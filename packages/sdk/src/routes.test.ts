import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { type Client, createClient } from './client.ts'
import * as routes from './routes.ts'

// Each operation of the server's document has a function of its name, which calls that route.

interface Operation {
  readonly operationId: string
  readonly parameters: readonly { readonly name: string; readonly in: string }[]
  readonly requestBody?: unknown
}
interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
}
const document: Document = JSON.parse(
  readFileSync(new URL('../../server/openapi.json', import.meta.url), 'utf8'),
)

/** What has no route of its own. */
type Aside = 'isCommitted' | 'resolveRefIfChanged'
/** Checked by the compiler: who adds a function adds its call. */
type Calls = Record<
  Exclude<keyof typeof routes, Aside>,
  (client: Client) => Promise<unknown> | AsyncIterable<unknown>
>

/** Checked by the compiler, too: what every call takes comes last, a `signal` among it. */
type WithoutSignal = {
  [Name in Exclude<keyof typeof routes, 'isCommitted'>]: Required<
    Parameters<(typeof routes)[Name]>
  > extends readonly [...unknown[], infer Last]
    ? 'signal' extends keyof Last
      ? never
      : Name
    : Name
}[Exclude<keyof typeof routes, 'isCommitted'>]
const EVERY_CALL_TAKES_A_SIGNAL: [WithoutSignal] extends [never] ? true : WithoutSignal = true

const owner = { kind: 'registry', entity: 'an org', name: 'models' } as const
const project = { kind: 'project', entity: 'ada', name: 'demo' } as const
const place = { owner, name: '100% sure?' }
const page = { limit: 7, cursor: 'c' }
const why = { reason: 'because' }
const tag = { ifMatch: 7 }

const CALLS: Calls = {
  abandonDraft: (client) => routes.abandonDraft(client, place, 'd'),
  changeCollection: (client) => routes.changeCollection(client, place, { name: 'x' }, tag),
  changeRun: (client) => routes.changeRun(client, project, 'r', { notes: 'x' }),
  changeAliases: (client) =>
    routes.changeAliases(client, place, { version: 'v1', add: ['a'], remove: [], ...why }),
  deleteRun: (client) => routes.deleteRun(client, project, 'r'),
  listMetrics: (client) => routes.listMetrics(client, project, 'r', page),
  finishRun: (client) => routes.finishRun(client, project, 'r', { exitCode: 1 }),
  listRunOutput: (client) => routes.listRunOutput(client, project, 'r', { ...page, last: true }),
  recordMetrics: (client) =>
    routes.recordMetrics(client, project, 'r', { rows: [{ values: { loss: 1 } }] }),
  recordOutput: (client) => routes.recordOutput(client, project, 'r', { lines: ['x'] }),
  startRun: (client) => routes.startRun(client, project, { run: 'r' }),
  useVersion: (client) => routes.useVersion(client, project, 'r', { version: 'a/b:v0' }),
  changeOrganization: (client) => routes.changeOrganization(client, 'org', { displayName: 'x' }),
  changeUser: (client) => routes.changeUser(client, 'ada', { displayName: 'x' }),
  createGrant: (client) =>
    routes.createGrant(client, owner, { principal: 'ci', verb: 'promote', alias: 'staging*' }),
  createOrganization: (client) =>
    routes.createOrganization(client, { name: 'x', displayName: 'X' }),
  createServiceAccount: (client) =>
    routes.createServiceAccount(client, { name: 'ci', team: 'vision' }),
  createTeam: (client) => routes.createTeam(client, { name: 'vision' }),
  getTeam: (client) => routes.getTeam(client, 'vision'),
  explainAccess: (client) =>
    routes.explainAccess(client, owner, { principal: 'ada', verb: 'promote', alias: 'a' }),
  listGrants: (client) => routes.listGrants(client, owner, page),
  listMembers: (client) => routes.listMembers(client, owner, page),
  listOrganizationMembers: (client) => routes.listOrganizationMembers(client, 'org', page),
  listOrganizations: (client) => routes.listOrganizations(client),
  listServiceAccounts: (client) => routes.listServiceAccounts(client, { team: 'vision', ...page }),
  listTeamMembers: (client) => routes.listTeamMembers(client, 'vision', page),
  listTeams: (client) => routes.listTeams(client, { organization: 'org', ...page }),
  removeGrant: (client) => routes.removeGrant(client, owner, 'g'),
  removeMember: (client) => routes.removeMember(client, owner, 'ada'),
  removeOrganizationMember: (client) => routes.removeOrganizationMember(client, 'org', 'ada'),
  removeServiceAccount: (client) => routes.removeServiceAccount(client, 'ci'),
  removeTeam: (client) => routes.removeTeam(client, 'vision'),
  removeTeamMember: (client) => routes.removeTeamMember(client, 'vision', 'ada'),
  removeUser: (client) => routes.removeUser(client, 'ada'),
  setMember: (client) => routes.setMember(client, owner, 'ada', { role: 'viewer' }),
  setOrganizationMember: (client) =>
    routes.setOrganizationMember(client, 'org', 'ada', { role: 'viewer' }),
  setTeamMember: (client) => routes.setTeamMember(client, 'vision', 'ada', { role: 'viewer' }),
  changeOwner: (client) => routes.changeOwner(client, owner, { name: 'x' }, tag),
  changeVersion: (client) => routes.changeVersion(client, place, 'v1', { tags: [] }, tag),
  commitVersion: (client) => routes.commitVersion(client, place, 'd'),
  compareVersions: (client) =>
    routes.compareVersions(client, place, { base: 'a', head: 'b', ...page }),
  createCollection: (client) =>
    routes.createCollection(client, owner, { name: 'x', type: 'model' }),
  createProject: (client) => routes.createProject(client, { name: 'x' }),
  createRegistry: (client) => routes.createRegistry(client, { name: 'x' }),
  createToken: (client) => routes.createToken(client, 'ada', { name: 'x' }),
  createUser: (client) => routes.createUser(client, { username: 'ada' }),
  createVersion: (client) => routes.createVersion(client, place, { type: 'model' }),
  deleteAlias: (client) => routes.deleteAlias(client, place, 'a', { version: 'v1', ...why }, tag),
  deleteCollection: (client) =>
    routes.deleteCollection(client, place, { dropAliases: true, ...why }),
  deleteOwner: (client) => routes.deleteOwner(client, owner, { dropAliases: true, ...why }),
  deleteVersion: (client) =>
    routes.deleteVersion(client, place, 'v1', { dropAliases: true, ...why }),
  dryRunPromotion: (client) => routes.dryRunPromotion(client, place, 'a', { version: 'v1' }),
  listStandingsAt: (client) =>
    routes.listStandingsAt(client, place, { at: '2026-03-01T00:00:00Z' }),
  dryRunRollback: (client) => routes.dryRunRollback(client, place, 'a', { to: 'v1' }),
  getAlias: (client) => routes.getAlias(client, place, 'a'),
  getCollection: (client) => routes.getCollection(client, place),
  getDraft: (client) => routes.getDraft(client, place, 'd', page),
  getFile: (client) => routes.getFile(client, place, 'v1', 'a b/c#d', { offset: 3 }),
  getLineage: (client) => routes.getLineage(client, place, 'v1', { depth: 2 }),
  getStorage: (client) => routes.getStorage(client),
  getMe: (client) => routes.getMe(client),
  getOwner: (client) => routes.getOwner(client, owner),
  getRun: (client) => routes.getRun(client, project, 'r'),
  getRunHistory: (client) => routes.getRunHistory(client, project, 'r', { samples: 9 }),
  getVersion: (client) => routes.getVersion(client, place, 'production@{1}'),
  linkVersion: (client) => routes.linkVersion(client, place, { version: 'a/b/c:v1' }),
  listAliases: (client) => routes.listAliases(client, place),
  listAliasHistory: (client) =>
    routes.listAliasHistory(client, place, 'a', { since: 's', cause: 'promote', ...page }),
  listCollections: (client) =>
    routes.listCollections(client, owner, { type: 'model', contains: 'x', stage: 's', ...page }),
  listEvents: (client) => routes.listEvents(client, { owner, kind: 'alias.moved', ...page }),
  listFiles: (client) => routes.listFiles(client, place, 'v1', page),
  listHistory: (client) => routes.listHistory(client, place, { until: 'u', actor: 'a', ...page }),
  listHolders: (client) => routes.listHolders(client, place, 'a', page),
  listProjects: (client) => routes.listProjects(client, { entity: 'ada', ...page }),
  listRegistries: (client) => routes.listRegistries(client, { entity: 'org', ...page }),
  listRuns: (client) => routes.listRuns(client, project, page),
  listStageChanges: (client) => routes.listStageChanges(client, owner, page),
  listStages: (client) => routes.listStages(client, owner),
  listTokens: (client) => routes.listTokens(client, 'ada', { revoked: true }),
  listUsers: (client) => routes.listUsers(client, page),
  listVersions: (client) =>
    routes.listVersions(client, place, { filter: ['a:eq:b', 'c:exists'], sort: '-size', ...page }),
  putAlias: (client) => routes.putAlias(client, place, 'a', { version: 'v1' }, tag),
  putDraftEntries: (client) => routes.putDraftEntries(client, place, 'd', { entries: [] }),
  putStages: (client) => routes.putStages(client, owner, { items: [] }, tag),
  quarantineVersion: (client) => routes.quarantineVersion(client, place, 'v1', why),
  releaseVersion: (client) => routes.releaseVersion(client, place, 'v1'),
  resolve: (client) =>
    routes.resolve(client, place, 'production', { at: 't', key: 'k', fallback: true }),
  resolveRef: (client) => routes.resolveRef(client, 'a/b/c:production', { fallback: true }),
  revokeToken: (client) => routes.revokeToken(client, 'ada', 't'),
  rollBack: (client) => routes.rollBack(client, place, 'a', { to: 'v1' }, tag),
  setPassword: (client) => routes.setPassword(client, 'ada', { password: 'x'.repeat(12) }),
  signIn: (client) => routes.signIn(client, { code: 'c' }),
  signOut: (client) => routes.signOut(client, { everywhere: true }),
  unlinkVersion: (client) => routes.unlinkVersion(client, place, 'v1', why),
  watchEvents: (client) => routes.watchEvents(client, { owner, collection: 'x', alias: 'a' }),
}

const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({
    path,
    method: method.toUpperCase(),
    ...operation,
  })),
)

test('every operation of the document has a function of its name', () => {
  const ids = operations.map(({ operationId }) => operationId)
  assert.deepEqual(Object.keys(CALLS).sort(), ids.sort())
  assert.ok(EVERY_CALL_TAKES_A_SIGNAL)
})

for (const { operationId, method, path, parameters, requestBody } of operations)
  test(`${operationId} calls its route`, async () => {
    const call = CALLS[operationId as keyof Calls]
    const { url, init } = await recorded(call)
    const template = path.replaceAll('{path}', '.+').replaceAll(/\{\w+\}/g, '[^/]+')
    assert.match(url.pathname, new RegExp(`^${template}$`))
    assert.equal(init.method, method)
    const headers = new Headers(init.headers)
    assert.equal(headers.get('authorization'), 'Bearer secret')
    const known = parameters.filter((each) => each.in === 'query').map(({ name }) => name)
    for (const name of url.searchParams.keys()) assert.ok(known.includes(name), name)
    if (init.body !== undefined) assert.ok(requestBody !== undefined, 'it takes no body')
    assert.equal(headers.has('idempotency-key'), method === 'POST')
  })

test('names are percent-encoded, each part once', async () => {
  const { url } = await recorded((client) =>
    routes.getFile(client, place, 'production@{1}', 'a b/100%/ü#?.bin'),
  )
  assert.equal(
    url.href,
    'http://server.test/api/v1/registries/an%20org/models/collections/100%25%20sure%3F' +
      '/versions/production%40%7B1%7D/files/a%20b/100%25/%C3%BC%23%3F.bin',
  )
})

/** The one request that a call makes; its answer is a refusal, so that it ends there. */
async function recorded(
  call: (client: Client) => Promise<unknown> | AsyncIterable<unknown>,
): Promise<{ readonly url: URL; readonly init: RequestInit }> {
  const seen: { url: URL; init: RequestInit }[] = []
  const client = createClient({
    url: 'http://server.test/',
    key: 'secret',
    fetch: async (url, init = {}) => {
      seen.push({ url: new URL(String(url)), init })
      return Response.json({ code: 'forbidden', detail: 'No.' }, { status: 403 })
    },
  })
  await assert.rejects(
    async () => {
      const answer = call(client)
      if (Symbol.asyncIterator in answer) for await (const _ of answer);
      else await answer
    },
    { name: 'GreenroomError', code: 'forbidden', status: 403 },
  )
  const [first] = seen
  assert.ok(first !== undefined && seen.length === 1)
  return first
}
