import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { type TestContext, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { createTestDatabase, skipPostgres } from '../../../test/postgres.ts'
import {
  collectionPath,
  logVersion,
  type RestAnswer,
  type RestClient,
  restClient,
} from '../../../test/rest-client.ts'
import {
  ADMIN_KEY,
  type TestApp,
  type TestAppOptions,
  testApp,
  USER_KEY,
} from '../../../test/test-app.ts'
import { DEFAULT_STAGES } from '../../core/model/stage.ts'
import { quarantineVersion } from '../../core/operations/quarantine-version.ts'
import { setStages } from '../../core/operations/set-stages.ts'
import { openMetadataStore } from '../../metadata/open.ts'
import { keepAnswers } from './resolve-cache.ts'

const PATH = collectionPath('classifier')

interface Started {
  readonly app: TestApp
  readonly call: RestClient
  readonly resolve: (selector: string, query?: string) => Promise<RestAnswer>
}

async function started(t: TestContext, count = 2, options: TestAppOptions = {}): Promise<Started> {
  const app = await testApp(t, options)
  const call = restClient(app, USER_KEY)
  for (let at = 0; at < count; at++) await logVersion(app, call, PATH, { w: `weights ${at}` })
  const resolve = (selector: string, query = '') =>
    call('GET', `${PATH}/resolve/${encodeURIComponent(selector)}${query}`)
  return { app, call, resolve }
}

test('every kind of selector', async (t) => {
  const { call, resolve } = await started(t)
  const alias = `${PATH}/aliases/production`
  const before = new Date().toISOString()
  const first = await call('PUT', alias, { body: { version: 'v0' } })
  const then = first.json.lastMove.time
  await call('PUT', alias, { body: { version: 'v1' } })
  const digest = (await call('GET', `${PATH}/versions/v0`)).json.digest
  const found = async (selector: string, query?: string) => {
    const { json } = await resolve(selector, query)
    return [json.version ?? json.code, json.foundBy, json.alias, json.generation]
  }
  assert.deepEqual(await found('production'), ['v1', 'alias', 'production', 2])
  assert.deepEqual(await found('v0'), ['v0', 'index', null, null])
  assert.deepEqual(await found(digest), ['v0', 'digest', null, null])
  assert.deepEqual(await found('production@{1}'), ['v0', 'history', 'production', 1])
  assert.deepEqual(await found(`production@${then}`), ['v0', 'history', 'production', 1])
  const at = encodeURIComponent(then)
  assert.deepEqual(await found('production', `?at=${at}`), ['v0', 'history', 'production', 1])
  const none = [undefined, undefined, undefined]
  assert.deepEqual(await found('production', `?at=${before}`), ['alias_vacant', ...none])
  assert.deepEqual(await found('production', '?at=yesterday'), ['request_invalid', ...none])
  assert.deepEqual(await found('v0', `?at=${at}`), ['request_invalid', ...none])
  assert.deepEqual(await found('v01'), ['ref_invalid', ...none])
  assert.deepEqual(await found('sha256:00'), ['ref_invalid', ...none])
  assert.deepEqual(await found('staging', '?fallback=true'), ['alias_unknown', ...none])
  assert.deepEqual(await found('v1', '?fallback=maybe'), ['request_invalid', ...none])
})

test("a whole reference, with and without what is one's own", async (t) => {
  const { app, call } = await started(t, 1)
  const ask = (ref: string, by = call) => by('GET', `/resolve?ref=${encodeURIComponent(ref)}`)
  for (const ref of ['demo/classifier', 'ada/demo/classifier:latest', 'ada/demo/classifier:v0'])
    assert.equal((await ask(ref)).json.ref, 'ada/demo/classifier:v0', ref)
  const admin = restClient(app, ADMIN_KEY)
  assert.equal((await ask('ada/demo/classifier', admin)).json.version, 'v0')
  assert.equal((await ask('demo/classifier', admin)).json.code, 'owner_not_found')
  const registry = await ask('registry/model/classifier', admin)
  assert.equal(registry.json.code, 'collection_not_found')
  assert.match(registry.json.detail, /registry\/greenroom-org\/model/)
  for (const ref of ['', 'x', 'a/b/c/d', 'demo//classifier', 'demo/classifier:v01'])
    assert.deepEqual([(await ask(ref)).status, (await ask(ref)).json.code], [422, 'ref_invalid'])
})

test('a key always gets the same slot', async (t) => {
  const { app, call, resolve } = await started(t, 2)
  const slots = [
    { version: 'v0', label: 'blue', weight: 90 },
    { version: 'v1', label: 'green', weight: 10 },
  ]
  const refused = await call('PUT', `${PATH}/aliases/production`, { body: { slots } })
  assert.deepEqual([refused.status, refused.json.code], [422, 'capacity_exceeded'])
  const owner = { kind: 'project', entityName: 'ada', name: 'demo' } as const
  const stages = DEFAULT_STAGES.map((stage) =>
    stage.name === 'production' ? { ...stage, capacity: 2 } : stage,
  )
  await setStages(app.registry, app.admin, { owner, stages })
  const set = await call('PUT', `${PATH}/aliases/production`, { body: { slots } })
  assert.deepEqual(
    set.json.slots.map(({ version, weight }: { version: string; weight: number }) => [
      version,
      weight,
    ]),
    [
      ['v0', 90],
      ['v1', 10],
    ],
  )
  assert.deepEqual((await resolve('production')).json.slot, { label: 'blue', weight: 90 })
  const labels = new Map<string, number>()
  for (let at = 0; at < 200; at++) {
    const { json } = await resolve('production', `?key=user-${at}`)
    const again = await resolve('production', `?key=user-${at}&fallback=false`)
    assert.deepEqual(again.json, json)
    labels.set(json.slot.label, (labels.get(json.slot.label) ?? 0) + 1)
  }
  const green = labels.get('green') ?? 0
  assert.ok(green > 5 && green < 50, `green got ${green} of 200`)
})

test('nothing that the answer says can change behind a 304', async (t) => {
  const { app, call, resolve } = await started(t)
  await call('PUT', `${PATH}/aliases/production`, { body: { version: 'v0' } })
  const path = `${PATH}/resolve/production`
  let etag = String((await resolve('production')).headers.etag)
  const ask = (named: string) => call('GET', path, { headers: { 'if-none-match': named } })
  for (const named of [etag, `W/${etag}`, `"x", ${etag}`, '*']) {
    const same = await ask(named)
    assert.deepEqual([same.status, same.headers.etag, same.bytes.length], [304, etag, 0], named)
  }
  const version = (await call('GET', `${PATH}/versions/v0`)).json
  const changes: [string, () => Promise<unknown>][] = [
    ['metadata', () => call('PATCH', `${PATH}/versions/v0`, { body: { metadata: { a: 1 } } })],
    [
      'generation',
      async () => {
        await call('PUT', `${PATH}/aliases/production`, { body: { version: 'v1' } })
        await call('PUT', `${PATH}/aliases/production`, { body: { version: 'v0' } })
      },
    ],
    ['version', () => call('PUT', `${PATH}/aliases/production`, { body: { version: 'v1' } })],
  ]
  for (const [what, change] of changes) {
    await change()
    const after = await ask(etag)
    assert.equal(after.status, 200, what)
    assert.notEqual(after.headers.etag, etag, what)
    etag = String(after.headers.etag)
  }
  await call('PUT', `${PATH}/aliases/production`, { body: { version: 'v0' } })
  etag = String((await resolve('production')).headers.etag)
  const { registry, admin } = app
  await quarantineVersion(registry, admin, { versionId: version.id, reason: 'pickle with exec' })
  const blocked = await ask(etag)
  assert.deepEqual([blocked.status, blocked.json.code], [423, 'version_quarantined'])
  assert.equal(blocked.json.details.reason, 'pickle with exec')
})

test('the next resolve after a promotion sees it, whoever asked before', async (t) => {
  await promoteAndResolve(await started(t), 200)
})

test('the same on PostgreSQL', { skip: skipPostgres }, async (t) => {
  const metadata = await openMetadataStore({ url: await createTestDatabase() })
  // Before the app's own end, which looks for connections that were left.
  t.after(() => metadata.close())
  await promoteAndResolve(await started(t, 2, { metadata }), 50)
})

async function promoteAndResolve({ call, resolve }: Started, turns: number): Promise<void> {
  for (let turn = 0; turn < turns; turn++) {
    const version = `v${turn % 2}`
    await Promise.all([resolve('production'), resolve('production'), resolve('latest')])
    await call('PUT', `${PATH}/aliases/production`, { body: { version } })
    assert.equal((await resolve('production')).json.version, version)
  }
}

test('nobody else may write; what a tool writes all the same comes to be seen', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'greenroom-resolve-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const url = join(folder, 'registry.sqlite')
  const metadata = await openMetadataStore({ url })
  t.after(() => metadata.close())
  const app = await testApp(t, { metadata })
  const call = restClient(app, USER_KEY)
  await logVersion(app, call, PATH, { w: 'weights' }, { aliases: ['production'] })
  symlinkSync(url, `${url}-too`)
  await assert.rejects(openMetadataStore({ url: `${url}-too` }), 'under another name')
  const ask = async () => (await call('GET', `${PATH}/resolve/production`)).json.generation
  assert.equal(await ask(), 1)
  const tool = new DatabaseSync(url)
  tool.exec("update alias set generation = 7 where name = 'production'")
  tool.close()
  while ((await ask()) !== 7) await sleep(20)
})

test('the least recently asked is forgotten first', async () => {
  const kept = keepAnswers({ dataVersion: () => 1 })
  const computed: string[] = []
  const ask = (key: string) =>
    kept.find(key) ??
    kept.keep(key, async () => {
      computed.push(key)
      return { body: key, etag: '"x"' }
    })
  for (let at = 0; at < 10_000; at++) await ask(`${at}`)
  await ask('0')
  await ask('one more')
  computed.length = 0
  for (const key of ['0', '2', 'one more', '1']) await ask(key)
  assert.deepEqual(computed, ['1'])
})

test('an answer is kept only while nothing was committed since before its read', async () => {
  let version: number | null = 1
  const kept = keepAnswers({ dataVersion: () => version })
  let computed = 0
  const compute = async () => {
    computed += 1
    return { body: String(computed), etag: '"x"' }
  }
  const ask = async (key: string) => (kept.find(key) ?? (await kept.keep(key, compute))).body
  assert.deepEqual([await ask('a'), await ask('a'), await ask('b')], ['1', '1', '2'])
  version = 2
  assert.deepEqual([await ask('a'), await ask('a')], ['3', '3'])
  // A commit while it is computed: the answer may be of before, so it is never given again.
  const slow = kept.keep('c', async () => {
    version = 3
    return compute()
  })
  assert.equal((await slow).body, '4')
  assert.equal(await ask('c'), '5')
  const long = 'x'.repeat(5_000)
  assert.deepEqual([await ask(long), await ask(long)], ['6', '7'])
  version = null
  assert.deepEqual([await ask('c'), await ask('c')], ['8', '9'])
})
