import assert from 'node:assert/strict'
import { test } from 'node:test'
import { collectionOf, feedOf } from '../../../test/builders.ts'
import { createTestDatabase, skipPostgres } from '../../../test/postgres.ts'
import { testApp } from '../../../test/test-app.ts'
import { openMetadataStore } from '../../metadata/open.ts'
import { MAX_RUN_LINE_BYTES, MAX_RUN_STAGE_CHARACTERS } from '../limits.ts'
import { deleteRun } from './delete-run.ts'
import { listRunLines } from './list-run-lines.ts'
import { receiveRunFile } from './receive-run-file.ts'
import { recordRunMetrics } from './record-run-metrics.ts'
import { recordRunProgress } from './record-run-progress.ts'
import { upsertRun } from './upsert-run.ts'

test('a run that must be new is begun once', { skip: skipPostgres }, async (t) => {
  const metadata = await openMetadataStore({ url: await createTestDatabase() })
  t.after(() => metadata.close())
  const { registry, user } = await testApp(t, { metadata })
  const { owner } = collectionOf(user)
  await upsertRun(registry, user, { owner, name: 'other', fields: {} })
  const begin = () =>
    upsertRun(registry, user, { owner, name: 'twice', fields: {}, resume: 'never' })
  const ends = await Promise.allSettled(Array.from({ length: 8 }, begin))
  const begun = ends.filter((end) => end.status === 'fulfilled')
  assert.equal(begun.length, 1)
  for (const end of ends)
    if (end.status === 'rejected') assert.equal(end.reason.code, 'already_exists')
})

test('a file that comes while its run is deleted is refused', async (t) => {
  const { registry, user } = await testApp(t)
  const { owner } = collectionOf(user)
  const { run } = await upsertRun(registry, user, { owner, name: 'r', fields: {} })
  const received = receiveRunFile(registry, {
    ...{ runId: run.id, name: 'f', expected: {} },
    feed: async (stage) => {
      await deleteRun(registry, user, { run: { owner, name: 'r' }, withVersions: false })
      return feedOf('late')(stage)
    },
  })
  await assert.rejects(received, { code: 'not_found' })
  const file = await registry.metadata.read((tx) => tx.runFiles.find(run.id, 'f'))
  assert.equal(file, undefined)
})

test('a summary grows no larger than one that is given whole', async (t) => {
  const { registry, user } = await testApp(t)
  const { owner } = collectionOf(user)
  await upsertRun(registry, user, { owner, name: 'r', fields: {} })
  const record = (key: string) =>
    recordRunMetrics(registry, user, {
      run: { owner, name: 'r' },
      rows: [{ values: { [key]: 'x'.repeat(MAX_RUN_LINE_BYTES - 1_000) } }],
    })
  await record('a')
  await record('b')
  await assert.rejects(record('c'), { code: 'too_large' })
})

test('a burst is written in parts, fewer lines at a time where they are long', async (t) => {
  const { registry, user } = await testApp(t)
  const { owner } = collectionOf(user)
  const run = { owner, name: 'r' }
  await upsertRun(registry, user, { ...run, fields: {} })
  let transactions = 0
  const metadata: typeof registry.metadata = Object.create(registry.metadata, {
    transaction: {
      value: (work: Parameters<typeof registry.metadata.transaction>[0]) => {
        transactions += 1
        return registry.metadata.transaction(work)
      },
    },
  })
  const record = async (characters: number, count: number) => {
    const lines = Array.from({ length: count }, (_, step) =>
      JSON.stringify({ _step: step, text: 'x'.repeat(characters) }),
    )
    transactions = 0
    await recordRunProgress({ ...registry, metadata }, user, {
      run,
      lines: [{ file: 'history', offset: 0, lines }],
    })
    return transactions
  }
  assert.equal(await record(10, 501), 3)
  assert.equal(await record(MAX_RUN_STAGE_CHARACTERS / 4, 10), 4)
  assert.equal(await record(2 * MAX_RUN_STAGE_CHARACTERS, 2), 2)
  const { lines } = await listRunLines(registry, user, { run, file: 'history', from: 0, limit: 99 })
  assert.equal(lines.length, 99)
})

test('processes that write one run together keep their lines apart', async (t) => {
  const { registry, user } = await testApp(t)
  const run = { owner: collectionOf(user).owner, name: 'r' }
  await upsertRun(registry, user, { ...run, fields: { config: '{"base":{"value":1}}' } })
  const tell = (writer: string, offset: number, count: number) => {
    const lines = Array.from({ length: count }, (_, at) => `{"${writer}":${offset + at}}`)
    const told = { run, writer, summary: `{"${writer}":${offset + count - 1},"by":"${writer}"}` }
    return recordRunProgress(registry, user, {
      ...told,
      lines: [{ file: 'history', offset, lines }],
    })
  }
  await tell('a', 0, 2)
  await tell('b', 0, 1)
  await tell('a', 2, 1)
  await tell('a', 2, 1)
  await tell('b', 0, 2)
  const { lines } = await listRunLines(registry, user, { run, file: 'history', from: 0, limit: 9 })
  // Steps are those of the writer where it gives none.
  assert.deepEqual(
    lines.map(({ text }) => text),
    ['a":0', 'a":1', 'b":0', 'a":2', 'b":1'].map((text) => `{"_step":${text.at(-1)},"${text}}`),
  )
  const part = { ...run, fields: { config: '{"b":{"value":2}}' }, isPart: true }
  const { run: changed } = await upsertRun(registry, user, part)
  const texts = await registry.metadata.read((tx) => tx.runs.texts([changed.id]))
  assert.deepEqual(
    [...texts.values()],
    [{ config: '{"base":{"value":1},"b":{"value":2}}', summary: '{"a":2,"by":"b","b":1}' }],
  )
  await assert.rejects(tell('a'.repeat(513), 0, 1), { code: 'request_invalid' })
})
