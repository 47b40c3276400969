import assert from 'node:assert/strict'
import { test } from 'node:test'
import { addVersion } from '../../../test/builders.ts'
import { collectionPath, restClient } from '../../../test/rest-client.ts'
import { testApp, USER_KEY } from '../../../test/test-app.ts'
import { collectGarbage } from '../../core/operations/collect-garbage.ts'

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

test('a deleted run is gone, its name is free, what it made stays', async (t) => {
  const app = await testApp(t)
  const call = restClient(app, USER_KEY)
  await call('POST', RUNS, { body: { run: 'r' } })
  const rows = { rows: Array.from({ length: 300 }, () => ({ values: { a: 1 } })) }
  await call('POST', `${RUNS}/r/history`, { body: rows })
  const body = { type: 'model', run: 'r' }
  const draft = await call('POST', `${collectionPath('model')}/versions`, { body })
  await call('POST', `${collectionPath('model')}/drafts/${draft.json.id}/commit`)
  assert.equal((await call('DELETE', `${RUNS}/r`)).status, 204)
  assert.equal((await call('GET', `${RUNS}/r`)).status, 404)
  assert.equal((await call('DELETE', `${RUNS}/r`)).status, 404)
  const fresh = await call('POST', RUNS, { body: { run: 'r', resume: 'never' } })
  assert.deepEqual([fresh.status, fresh.json.historyLines], [201, 0])
  assert.equal((await call('GET', `${collectionPath('model')}/versions/v0`)).status, 200)
  const { nodes } = (await call('GET', `${collectionPath('model')}/versions/v0/lineage`)).json
  assert.equal(nodes.length, 1)
  const input = { graceSeconds: 0, searchStore: false, pause: async () => {} }
  assert.equal((await collectGarbage(app.registry, input))?.discarded, 1)
  const left = await app.registry.metadata.read((tx) => tx.runs.listDiscarded(9))
  assert.deepEqual(left, [])
})

test('runs are filtered, sorted and paged', async (t) => {
  const call = restClient(await testApp(t), USER_KEY)
  const score = (at: number) => (at === 3 ? {} : { val: { score: (at * 7) % 5 } })
  for (const at of [0, 1, 2, 3, 4])
    await call('POST', RUNS, {
      body: {
        run: `r${at}`,
        jobType: at % 2 === 0 ? 'train' : 'eval',
        tags: at < 2 ? ['old'] : [],
        displayName: `Run ${at === 4 ? 'Best' : at}`,
        config: { rate: at },
        summary: score(at),
      },
    })
  await call('POST', `${RUNS}/r2/finish`)
  const names = async (query: string) =>
    (await call('GET', `${RUNS}?${query}`)).json.items.map((item: { run: string }) => item.run)
  assert.deepEqual(await names(''), ['r4', 'r3', 'r2', 'r1', 'r0'])
  assert.deepEqual(await names('sort=createdAt&limit=2'), ['r0', 'r1'])
  assert.deepEqual(await names('jobType=train&state=running'), ['r4', 'r0'])
  assert.deepEqual(await names('tag=old'), ['r1', 'r0'])
  assert.deepEqual(await names('contains=BEST'), ['r4'])
  assert.deepEqual(await names('createdBy=ada&limit=1'), ['r4'])
  assert.deepEqual(await names('createdBy=admin'), [])
  assert.deepEqual(await names('sort=-config.rate'), ['r4', 'r3', 'r2', 'r1', 'r0'])
  const sorted = ['r2', 'r4', 'r1', 'r0', 'r3']
  assert.deepEqual(await names('sort=-summary.val.score'), sorted)
  const walked: string[] = []
  for (let cursor = ''; ; ) {
    const { json } = await call('GET', `${RUNS}?sort=-summary.val.score&limit=2${cursor}`)
    walked.push(...json.items.map((item: { run: string }) => item.run))
    if (json.next === null) break
    cursor = `&cursor=${json.next}`
    const other = await call('GET', `${RUNS}?sort=createdAt${cursor}`)
    assert.equal(other.json.code, 'cursor_invalid')
  }
  assert.deepEqual(walked, sorted)
  assert.equal((await call('GET', `${RUNS}?sort=tags`)).status, 400)
})

test('a curve keeps its spikes and finds what is rare', async (t) => {
  const call = restClient(await testApp(t), USER_KEY)
  await call('POST', RUNS, { body: { run: 'r' } })
  for (let from = 0; from < 5_000; from += 1_000) {
    const rows = Array.from({ length: 1_000 }, (_, at) => {
      const step = from + at
      const rare = step % 1_000 === 7 ? { val: { loss: step } } : {}
      return { step, values: { loss: step === 3_333 ? 100 : 1 / (step + 1), ...rare } }
    })
    await call('POST', `${RUNS}/r/history`, { body: { rows, from } })
  }
  const path = `${RUNS}/r/history?samples=20`
  const { json } = await call('GET', `${path}&keys=loss`)
  assert.equal(json.count, 5_000)
  assert.ok(json.items.length <= 20)
  assert.ok(json.items.some((item: { values: { loss: number } }) => item.values.loss === 100))
  assert.deepEqual(Object.keys(json.items[0].values).toSorted(), [
    '_runtime',
    '_step',
    '_timestamp',
    'loss',
  ])
  const rare = await call('GET', `${path}&keys=val.loss`)
  const steps = rare.json.items.map((item: { values: { _step: number } }) => item.values._step)
  assert.deepEqual(steps, [7, 1_007, 2_007, 3_007, 4_007])
  const close = await call('GET', `${path}&keys=loss&fromStep=3330&beforeStep=3340`)
  assert.ok(close.json.items.length >= 10)
  const both = await call('GET', `${path}&keys=loss&keys=none`)
  assert.ok(both.json.items.length <= 40)
  const metrics = (await call('GET', `${RUNS}/r/metrics`)).json.items
  assert.deepEqual(
    metrics.map(({ name, count }: { name: string; count: number }) => [name, count]),
    [
      ['_runtime', 5_000],
      ['_step', 5_000],
      ['_timestamp', 5_000],
      ['loss', 5_000],
      ['val.loss', 5],
    ],
  )
})
