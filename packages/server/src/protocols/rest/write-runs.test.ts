import assert from 'node:assert/strict'
import { test } from 'node:test'
import { addVersion } from '../../../test/builders.ts'
import { collectionPath, restClient } from '../../../test/rest-client.ts'
import { testApp, USER_KEY } from '../../../test/test-app.ts'

const RUNS = '/projects/ada/demo/runs'

test('a run is started, logs, and ends; its project is made on the fly', async (t) => {
  const app = await testApp(t)
  const call = restClient(app, USER_KEY)
  const body = { run: 'r1', jobType: 'train', tags: ['a'], config: { rate: 0.1 } }
  const started = await call('POST', RUNS, { body })
  assert.equal(started.status, 201)
  assert.deepEqual(
    [started.json.run, started.json.created, started.json.state, started.json.historyLines],
    ['r1', true, 'running', 0],
  )
  const rows = [{ values: { loss: 2 } }, { step: 5, values: { loss: 1, image: { _type: 'x' } } }]
  const first = await call('POST', `${RUNS}/r1/history`, { body: { rows } })
  assert.deepEqual(first.json, { historyLines: 2, lastStep: 5 })
  const next = { rows: [{ values: { loss: 0.5 }, time: '2026-11-24T00:00:00Z' }] }
  const second = await call('POST', `${RUNS}/r1/history`, { body: next })
  assert.deepEqual(second.json, { historyLines: 3, lastStep: 6 })
  const again = await call('POST', `${RUNS}/r1/history`, { body: { ...next, from: 2 } })
  assert.deepEqual(again.json, second.json, 'sent again, a row replaces itself')
  const history = await call('GET', `${RUNS}/r1/history`)
  const steps = history.json.items.map((item: { values: { _step: number } }) => item.values._step)
  assert.deepEqual(steps, [0, 5, 6])
  const report = await call('GET', `${RUNS}/r1`)
  assert.deepEqual(report.json.summary, { loss: 0.5, image: { _type: 'x' }, _step: 6 })
  assert.deepEqual(report.json.config, { rate: 0.1 })
  const ended = await call('POST', `${RUNS}/r1/finish`, { body: { exitCode: 3 } })
  assert.deepEqual([ended.json.state, ended.json.exitCode], ['failed', 3])
  const resumed = await call('POST', RUNS, { body: { run: 'r1', resume: 'must' } })
  assert.equal(resumed.status, 200)
  assert.deepEqual([resumed.json.state, resumed.json.historyLines], ['running', 3])
})

test('a name is invented; must and never are kept; changes replace', async (t) => {
  const call = restClient(await testApp(t), USER_KEY)
  const headers = { 'idempotency-key': 'k' }
  const one = await call('POST', RUNS, { headers })
  assert.equal((await call('POST', RUNS, { headers })).json.run, one.json.run)
  const path = `${RUNS}/${one.json.run}`
  const never = await call('POST', RUNS, { body: { run: one.json.run, resume: 'never' } })
  assert.deepEqual([never.status, never.json.code], [409, 'already_exists'])
  const must = await call('POST', RUNS, { body: { run: 'no', resume: 'must' } })
  assert.deepEqual([must.status, must.json.code], [404, 'not_found'])
  const change = { notes: 'why', tags: ['b'], summary: { best: 1 }, state: 'killed' }
  const changed = await call('PATCH', path, { body: change })
  assert.deepEqual(
    [changed.json.notes, changed.json.tags, changed.json.state],
    ['why', ['b'], 'killed'],
  )
  assert.deepEqual((await call('GET', path)).json.summary, { best: 1 })
  assert.equal((await call('PATCH', path, { body: { rubbish: 1 } })).status, 400)
  assert.equal((await call('PATCH', path, { body: { tags: ['\n'] } })).status, 422)
})

test('console lines come in pages and from the end', async (t) => {
  const call = restClient(await testApp(t), USER_KEY)
  await call('POST', RUNS, { body: { run: 'r' } })
  const lines = ['one', 'two', 'three']
  assert.equal((await call('POST', `${RUNS}/r/output`, { body: { lines } })).status, 204)
  await call('POST', `${RUNS}/r/output`, { body: { lines: ['3'], from: 2 } })
  const first = await call('GET', `${RUNS}/r/output?limit=2`)
  assert.deepEqual(first.json.items, [
    { line: 0, text: 'one' },
    { line: 1, text: 'two' },
  ])
  const rest = await call('GET', `${RUNS}/r/output?limit=2&cursor=${first.json.next}`)
  assert.deepEqual(rest.json, { count: 3, items: [{ line: 2, text: '3' }], next: null })
  const last = await call('GET', `${RUNS}/r/output?limit=1&last=true`)
  assert.deepEqual(last.json.items, [{ line: 2, text: '3' }])
})

test('what a run used and made stands in its lineage', async (t) => {
  const app = await testApp(t)
  const call = restClient(app, USER_KEY)
  const owner = { kind: 'project', entityName: 'ada', name: 'demo' } as const
  const { version } = await addVersion(app.registry, app.user, {
    files: { d: 'digits' },
    collection: { owner, name: 'digits' },
  })
  await call('POST', RUNS, { body: { run: 'r' } })
  const use = (named: string) =>
    call('POST', `${RUNS}/r/inputs`, { body: { version: named, usedAs: 'train' } })
  assert.equal((await use('demo/digits:latest')).status, 204)
  assert.equal((await use(version.id)).status, 204)
  assert.equal((await use('demo/digits:v9')).json.code, 'version_not_found')
  const noRun = { type: 'model', run: 'none' }
  const refused = await call('POST', `${collectionPath('model')}/versions`, { body: noRun })
  assert.deepEqual([refused.status, refused.json.code], [404, 'not_found'])
  const body = { type: 'model', run: 'r' }
  const draft = await call('POST', `${collectionPath('model')}/versions`, { body })
  await call('POST', `${collectionPath('model')}/drafts/${draft.json.id}/commit`)
  const { json } = await call('GET', `${RUNS}/r`)
  const refs = (versions: { ref: string }[]) => versions.map(({ ref }) => ref)
  assert.deepEqual(refs(json.inputs), ['ada/demo/digits:v0'])
  assert.deepEqual(refs(json.outputs), ['ada/demo/model:v0'])
})

test('an edited list of aliases is saved in one request', async (t) => {
  const app = await testApp(t)
  const call = restClient(app, USER_KEY)
  const collection = {
    owner: { kind: 'project', entityName: 'ada', name: 'demo' },
    name: 'm',
  } as const
  await addVersion(app.registry, app.user, { files: { a: '0' }, collection, aliases: ['x'] })
  await addVersion(app.registry, app.user, { files: { a: '1' }, collection })
  const path = `${collectionPath('m')}/aliases`
  const body = { version: 'latest', add: ['production', 'y'], remove: ['x'], reason: 'why' }
  const saved = await call('POST', path, { body })
  assert.equal(saved.status, 200)
  assert.deepEqual(saved.json.aliases.toSorted(), ['latest', 'production', 'y'])
  assert.equal(saved.json.version, 'v1')
  const x = await call('GET', `${path}/x`)
  assert.equal(x.json.slots[0].version, 'v0', 'the slot of another version stays')
  const log = await call('GET', `${collectionPath('m')}/history?limit=2`)
  const changes = new Set(log.json.items.map((item: { changeId: string }) => item.changeId))
  assert.deepEqual([changes.size, log.json.items[0].reason], [1, 'why'])
  const refused = await call('POST', path, { body: { version: 'v0', add: ['latest'] } })
  assert.deepEqual([refused.status, refused.json.code], [422, 'name_invalid'])
})
