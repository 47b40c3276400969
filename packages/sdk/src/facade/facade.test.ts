import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { MetricRow } from '../wire.ts'
import { aliasEdits, aliasListOf } from './alias-list.ts'
import { Api } from './api.ts'
import { Artifact } from './artifact.ts'
import { createMetricQueue } from './metric-queue.ts'

test('an alias list is a list, with remove', () => {
  const list = aliasListOf(['latest', 'staging'])
  list.push('production')
  assert.equal(list.remove('staging'), true)
  assert.equal(list.remove('staging'), false)
  assert.equal(JSON.stringify(list), '["latest","production"]')
  assert.equal(aliasListOf(['3']).length, 1)
  assert.deepEqual(aliasEdits(['latest', 'staging'], list), {
    add: ['production'],
    remove: ['staging'],
  })
  assert.deepEqual(aliasEdits(['a'], ['b', 'b', 'a']), { add: ['b'], remove: [] })
})

test('reading a file ends with its signal', async () => {
  const file = new Blob(['x'.repeat(3 * 1024 * 1024)])
  const reason = new Error('not now')
  const artifact = new Artifact({ name: 'c', type: 'model' })
  const adding = artifact.addFile(file, 'w', { signal: AbortSignal.abort(reason) })
  await assert.rejects(adding, reason)
  assert.deepEqual(artifact.entries, [])
})

test('who one is, is asked again after a call that failed', async () => {
  let asked = 0
  const api = new Api({
    url: 'http://server.test',
    attempts: 1,
    fetch: async () => {
      asked++
      return asked === 1 ? Response.error() : Response.json({ entity: 'ada' })
    },
  })
  await assert.rejects(api.me())
  assert.equal((await api.me()).entity, 'ada')
  assert.equal((await api.me()).entity, 'ada')
  assert.equal(asked, 2)
})

test('rows go in order, many at once, within the bounds of a call', async () => {
  const calls: (readonly MetricRow[])[] = []
  const queue = createMetricQueue(async (rows) => void calls.push(rows))
  for (let step = 0; step < 2_345; step++) await queue.add({ step, values: {} })
  const long = 'x'.repeat(300 * 1024)
  for (let step = 2_345; step < 2_349; step++) await queue.add({ step, values: { long } })
  await queue.end()
  assert.deepEqual(
    calls.flat().map(({ step }) => step),
    Array.from({ length: 2_349 }, (_, step) => step),
  )
  assert.ok(calls.length < 10)
  for (const rows of calls) {
    assert.ok(rows.length <= 1_000)
    assert.ok(JSON.stringify(rows).length < 1024 * 1024)
  }
})

test('a clock that strikes when nothing waits holds up nothing behind it', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] })
  const steps: (number | undefined)[] = []
  const queue = createMetricQueue(async (rows) => void steps.push(...rows.map(({ step }) => step)))
  for (let step = 0; step < 1_001; step++) void queue.add({ step, values: {} })
  await new Promise((resolve) => setImmediate(resolve))
  assert.equal(steps.length, 1_001)
  t.mock.timers.tick(1_000)
  await queue.add({ step: 1_001, values: {} })
  t.mock.timers.tick(1_000)
  await queue.end()
  assert.equal(steps.length, 1_002)
})

test('what failed is told at the end, and nothing is sent behind it', async () => {
  let calls = 0
  const queue = createMetricQueue(async () => {
    calls++
    throw new Error('refused')
  })
  for (let step = 0; step < 1_500; step++) await queue.add({ step, values: {} })
  await queue.add({ values: {} })
  await assert.rejects(queue.end(), /refused/)
  assert.equal(calls, 1)
})

test('an artifact names its entries; the last of a path counts', async () => {
  const artifact = new Artifact({ name: 'a', type: 'model' })
  artifact.addReference('s3://bucket/folder/weights.bin?versionId=3')
  artifact.addReference('https://example.org/', { path: 'home' })
  await artifact.addFile(new File(['one'], 'a.txt'))
  await artifact.addFile(new Blob(['three']), 'a.txt')
  assert.deepEqual(
    artifact.entries.map(({ entry }) => [entry.path, entry.size, entry.reference]),
    [
      ['weights.bin', undefined, 's3://bucket/folder/weights.bin?versionId=3'],
      ['home', undefined, 'https://example.org/'],
      ['a.txt', 5, undefined],
    ],
  )
  await assert.rejects(artifact.addFile(new Blob(['nameless'])), { code: 'request_invalid' })
})
