import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { addVersion } from '../../../test/builders.ts'
import { collectionPath, type RestClient, restClient } from '../../../test/rest-client.ts'
import { type TestApp, testApp, USER_KEY } from '../../../test/test-app.ts'
import { commitVersion } from '../../core/operations/commit-version.ts'
import { createDraft } from '../../core/operations/create-draft.ts'
import { recordRunProgress } from '../../core/operations/record-run-progress.ts'
import { upsertRun } from '../../core/operations/upsert-run.ts'
import { useVersion } from '../../core/operations/use-version.ts'

const OWNER = { kind: 'project', entityName: 'ada', name: 'demo' } as const

/** A dataset that a run used to make a model, with so many steps of history. */
async function started(t: TestContext, steps: number): Promise<{ app: TestApp; call: RestClient }> {
  const app = await testApp(t)
  const { registry, user } = app
  const dataset = { owner: OWNER, name: 'digits' }
  const used = await addVersion(registry, user, { files: { d: 'digits' }, collection: dataset })
  const fields = {
    jobType: 'training',
    config: '{"rate":NaN,"say":"NaN"}',
    summary: '{"loss":0.1}',
  }
  await upsertRun(registry, user, { owner: OWNER, name: 'r1', fields })
  await upsertRun(registry, user, { owner: OWNER, name: 'r2', fields: {} })
  const run = { owner: OWNER, name: 'r1' }
  await useVersion(registry, user, { run, version: used.version.id, usedAs: null })
  const created = await createDraft(registry, user, {
    collection: { owner: OWNER, name: 'classifier' },
    artifactType: 'model',
    makeProject: true,
    runName: 'r1',
    entries: [],
    complete: true,
  })
  assert.equal(created.kind, 'draft')
  if (created.kind === 'draft') await commitVersion(registry, user, { draftId: created.draft.id })
  const lines = Array.from({ length: steps }, (_, step) => `{"_step":${step},"loss":-Infinity}`)
  await recordRunProgress(registry, user, {
    run,
    lines: [{ file: 'history', offset: 0, lines }],
  })
  return { app, call: restClient(app, USER_KEY) }
}

test('runs are listed newest first; one has its config, inputs and outputs', async (t) => {
  const { call } = await started(t, 3)
  const first = await call('GET', '/projects/ada/demo/runs?limit=1')
  assert.equal(first.json.items[0].run, 'r2')
  const rest = await call('GET', `/projects/ada/demo/runs?cursor=${first.json.next}`)
  assert.deepEqual([rest.json.items[0].run, rest.json.next], ['r1', null])
  const { json } = await call('GET', '/projects/ada/demo/runs/r1')
  assert.deepEqual(
    [json.jobType, json.createdBy, json.historyLines, json.config, json.summary],
    ['training', 'ada', 3, { rate: null, say: 'NaN' }, { loss: 0.1 }],
  )
  const refs = (versions: { ref: string }[]) => versions.map(({ ref }) => ref)
  assert.deepEqual(refs(json.inputs), ['ada/demo/digits:v0'])
  assert.deepEqual(refs(json.outputs), ['ada/demo/classifier:v0'])
  const none = await call('GET', '/projects/ada/demo/runs/r9')
  assert.deepEqual([none.status, none.json.code], [404, 'not_found'])
})

test('a long history is sampled from its first to its last step', async (t) => {
  const { call } = await started(t, 250)
  const path = '/projects/ada/demo/runs/r1/history'
  const { json } = await call('GET', `${path}?samples=4`)
  assert.deepEqual(
    [json.count, json.items.map(({ line }: { line: number }) => line)],
    [250, [0, 83, 166, 249]],
  )
  assert.deepEqual(json.items[3].values, { _step: 249, loss: null })
  assert.equal((await call('GET', path)).json.items.length, 250)
  assert.deepEqual((await call('GET', `${path}?samples=0`)).status, 400)
  const empty = await call('GET', '/projects/ada/demo/runs/r2/history')
  assert.deepEqual(empty.json, { count: 0, items: [] })
})

test('lineage leads both ways, as far as asked', async (t) => {
  const { call } = await started(t, 0)
  const path = `${collectionPath('digits')}/versions/v0/lineage`
  const { json } = await call('GET', path)
  assert.deepEqual(
    json.nodes.map(({ ref, run }: { ref?: string; run?: string }) => ref ?? run).toSorted(),
    ['ada/demo/classifier:v0', 'ada/demo/digits:v0', 'r1'],
  )
  const keys = json.nodes.map(({ key }: { key: string }) => key)
  assert.ok(keys.includes(json.root))
  assert.equal(json.edges.length, 2)
  for (const { from, to } of json.edges) assert.ok(keys.includes(from) && keys.includes(to))
  assert.equal(json.cut, false)
  const near = (await call('GET', `${path}?depth=1`)).json
  assert.deepEqual([near.nodes.length, near.cut], [2, true])
  assert.equal((await call('GET', `${path}?depth=11`)).status, 400)
})
