import assert from 'node:assert/strict'
import { it } from 'node:test'
import { type WandbClient, wandbClient } from '../../../test/wandb-client.ts'
import { setUp, UPSERT_BUCKET } from '../../../test/wandb-log.ts'
import { createToken } from '../../core/operations/create-token.ts'
import { createUser } from '../../core/operations/create-user.ts'

const RUN = `query R { project(name: "proj", entityName: "ada") { run(name: "r") {
  id state historyLineCount summaryMetrics historyKeys history(samples: 9)
  sampledHistory(specs: ["{\\"keys\\":[\\"_step\\",\\"a\\"],\\"samples\\":9}"]) } } }`

interface Found {
  readonly project: { readonly run: Record<string, unknown> | null }
}

async function started(t: Parameters<typeof setUp>[0]): Promise<WandbClient> {
  const { client } = await setUp(t)
  await client.ask(UPSERT_BUCKET, { name: 'r', project: 'proj' })
  const content = [0, 1, 2, 3].map((step) => `{"_step":${step},"a":${step === 2 ? 'NaN' : step}}`)
  await client.fileStream('ada/proj/r', {
    files: { 'wandb-history.jsonl': { offset: 0, content } },
  })
  return client
}

async function runOf(client: WandbClient): Promise<Record<string, unknown> | null> {
  return (await client.ask<Found>(RUN)).project.run
}

const mutation = (name: string, type: string, fields: string) =>
  `mutation M($input: ${type}!) { ${name}(input: $input) { ${fields} } }`

const PAGE = `query SampledHistoryPage($spec: JSONString!) {
  project(name: "proj", entityName: "ada") { run(name: "r") {
    sampledHistory(specs: [$spec]) parquetHistory(liveKeys: ["_step"]) { parquetUrls liveData }
  } } }`

it('a page of the values of a key is all of them, however many were asked for', async (t) => {
  const client = await started(t)
  for (const [minStep, maxStep, values] of [
    [0, 2, [0, 1, 'NaN']],
    [1, 3, [1, 'NaN', 3]],
    [3, 3, [3]],
    [0, 999, [0, 1, 'NaN', 3]],
  ] as const) {
    const spec = { keys: ['_step', 'a'], minStep, maxStep, samples: maxStep - minStep + 1 }
    const { project } = await client.ask<Found>(PAGE, { spec: JSON.stringify(spec) })
    const rows = values.map((a, at) => ({ _step: minStep + at, a }))
    assert.deepEqual(project.run?.sampledHistory, [rows])
    assert.deepEqual(project.run?.parquetHistory, { parquetUrls: [], liveData: [{ _step: 0 }] })
  }
})

it('a history is told as text, as rows, and by its keys', async (t) => {
  const run = await runOf(await started(t))
  assert.deepEqual(
    run?.history,
    [0, 1, 'NaN', 3].map((a, step) => `{"_step":${step},"a":${a}}`),
  )
  assert.deepEqual(run?.sampledHistory, [
    [
      { _step: 0, a: 0 },
      { _step: 1, a: 1 },
      { _step: 3, a: 3 },
    ],
  ])
  assert.deepEqual(run?.historyKeys, {
    sets: [],
    keys: {
      _step: { typeCounts: [{ type: 'number', count: 4 }], monotonic: true, previousValue: 3 },
      a: { typeCounts: [{ type: 'number', count: 4 }], monotonic: false, previousValue: 3 },
    },
    lastStep: 3,
  })
})

it('a stopped run is told so until it ends; then its name may begin again', async (t) => {
  const client = await started(t)
  const stop = mutation('stopRun', 'StopRunInput', 'success')
  const id = (await runOf(client))?.id
  await client.ask(stop, { input: { id } })
  const beat = async (body: object) => (await client.fileStream('ada/proj/r', body)).json()
  assert.deepEqual(await beat({}), { stopped: true })
  await client.ask(UPSERT_BUCKET, { name: 'r', project: 'proj' })
  assert.deepEqual(await beat({}), { stopped: true }, 'a change of its config wakes nobody')
  assert.deepEqual(await beat({ complete: true, exitcode: 1 }), { stopped: true })
  assert.equal((await runOf(client))?.state, 'killed')
  await client.ask(stop, { input: { id } })
  await client.ask(UPSERT_BUCKET, { name: 'r', project: 'proj' })
  assert.deepEqual(await beat({}), {})
  assert.equal((await runOf(client))?.state, 'running')
})

it('a rewound run has forgotten what came after', async (t) => {
  const client = await started(t)
  await client.fileStream('ada/proj/r', { complete: true, exitcode: 0 })
  const input = { runName: 'r', entityName: 'ada', projectName: 'proj', metricName: '_step' }
  const rewind = mutation('rewindRun', 'RewindRunInput', 'rewoundRun { historyLineCount }')
  const answer = await client.ask(rewind, { input: { ...input, metricValue: 1 } })
  assert.deepEqual(answer, { rewindRun: { rewoundRun: { historyLineCount: 2 } } })
  const run = await runOf(client)
  assert.deepEqual([run?.state, run?.summaryMetrics], ['running', '{"_step":1,"a":1}'])
  const odd = await client.send({
    query: rewind,
    variables: { input: { ...input, metricName: 'loss', metricValue: 1 } },
  })
  assert.equal(odd.statusCode, 400)
})

it('a forked run begins with the history of another, up to a step', async (t) => {
  const client = await started(t)
  const fork = (name: string, run_id: string) =>
    client.send({
      query: UPSERT_BUCKET.replace('historyLineCount', 'historyLineCount historyKeys'),
      variables: {
        name,
        project: 'proj',
        config: JSON.stringify({ _wandb: { value: { branch_point: { run_id, step: 1 } } } }),
      },
    })
  const { bucket } = (await fork('f', 'r')).json().data.upsertBucket
  assert.equal(bucket.historyLineCount, 2, 'the client goes on behind them')
  assert.equal(bucket.historyKeys.keys.a.previousValue, 1)
  const again = (await fork('f', 'r')).json().data.upsertBucket
  assert.deepEqual([again.inserted, again.bucket.historyLineCount], [false, 2])
  assert.equal((await runOf(client))?.historyLineCount, 4, 'the other keeps its own')

  const missing = await fork('g', 'none')
  assert.equal(missing.statusCode, 404, 'and final')
  assert.match(missing.json().errors[0].message, /no run "none"/)
})

const RUNS = `query Runs($filters: JSONString, $order: String) {
  project(name: "proj", entityName: "ada") { runCount(filters: $filters)
    runs(filters: $filters, order: $order) { edges { node { name } } } } }`

it('runs are found and sorted by their config in both of its spellings', async (t) => {
  const { client } = await setUp(t)
  for (const [name, lr] of Object.entries({ a: 0.2, b: 0.1, c: 0.3 }))
    await client.ask(UPSERT_BUCKET, {
      ...{ name, project: 'proj' },
      config: JSON.stringify({ lr: { value: lr }, net: { value: { name } } }),
    })
  const names = async (filters: unknown, order?: string) => {
    const variables = { filters: JSON.stringify(filters), ...(order && { order }) }
    const { project } = await client.ask<{
      project: { runCount: number; runs: { edges: readonly { node: { name: string } }[] } }
    }>(RUNS, variables)
    const found = project.runs.edges.map(({ node }) => node.name)
    assert.equal(project.runCount, found.length)
    return found.join(' ')
  }
  for (const field of ['config.lr', 'config.lr.value'])
    assert.equal(await names({ [field]: { $gt: 0.1 } }, `+${field}`), 'a c', field)
  for (const field of ['config.net.name', 'config.net.value.name'])
    assert.equal(await names({ [field]: 'b' }), 'b', field)

  const refused = await client.send({
    query: RUNS,
    variables: { filters: JSON.stringify({ 'config.lr': [1] }) },
  })
  assert.equal(refused.json().errors.length, 1, 'said once, though two fields have the filter')
})

it('a run is deleted, and again without harm', async (t) => {
  const client = await started(t)
  const id = (await runOf(client))?.id
  const remove = mutation('deleteRun', 'DeleteRunInput', 'clientMutationId')
  for (let asking = 0; asking < 2; asking += 1)
    assert.deepEqual(await client.ask(remove, { input: { id } }), {
      deleteRun: { clientMutationId: null },
    })
  assert.equal(await runOf(client), null)
})

it('a stranger deletes nothing, and is told nothing', async (t) => {
  const { app, client } = await setUp(t)
  await client.ask(UPSERT_BUCKET, { name: 'r', project: 'proj' })
  const id = (await runOf(client))?.id
  const { admin, registry } = app
  await createUser(registry, admin, { username: 'eve', admin: false })
  const key = 'e'.repeat(40)
  await createToken(registry, admin, { username: 'eve', name: 'hers', key })
  const remove = mutation('deleteRun', 'DeleteRunInput', 'clientMutationId')
  await wandbClient(app, key).ask(remove, { input: { id } })
  assert.equal((await runOf(client))?.state, 'running')
})
