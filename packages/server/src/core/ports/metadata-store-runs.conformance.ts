import assert from 'node:assert/strict'
import { it } from 'node:test'
import type { Run, RunFile } from '../model/run.ts'
import {
  type Context,
  freshId,
  insertBlob,
  insertCollection,
  insertProject,
  insertRun,
  insertVersion,
  md5Of,
  rejectsWith,
  TIME,
} from './metadata-store-fixture.conformance.ts'

export function testRuns(context: Context): void {
  testRunRows(context)
  testLines(context)
  testRunFiles(context)
  testLineage(context)
}

function testRunRows({ store }: Context): void {
  it('a run comes back whole, by name, id and ids; its texts as they came', async () => {
    const run = await store().transaction(async (tx) => {
      const { id } = await insertProject(tx)
      return insertRun(tx, id, {
        jobType: 'train',
        group: 'g',
        program: 'train.py',
        host: 'h',
        commit: 'abc',
        notes: 'n',
        tags: ['a', 'é'],
        config: '{"lr": NaN, "max": Infinity}',
        summary: '{"loss":\n0.1}',
        exitCode: 0,
      })
    })
    await store().read(async ({ runs }) => {
      assert.deepEqual(await runs.find(run.ownerId, run.name), run)
      assert.equal(await runs.find(run.ownerId, 'none'), undefined)
      assert.deepEqual(await runs.findById(run.id), run)
      assert.deepEqual(await runs.findMany([999_999_999, run.id]), [run])
    })
    const twin = { ...run, id: 999_999_997 }
    await rejectsWith(
      store().transaction((tx) => tx.runs.insert(twin)),
      'already_exists',
    )
  })

  it('update writes what can change; runs are listed newest first', async () => {
    const [first, second, third] = await store().transaction(async (tx) => {
      const { id } = await insertProject(tx)
      return [await insertRun(tx, id), await insertRun(tx, id), await insertRun(tx, id)]
    })
    assert(first !== undefined && second !== undefined && third !== undefined)
    const changed: Run = {
      ...first,
      displayName: 'better',
      state: 'finished',
      config: '{"a":1}',
      summary: '{"b":2}',
      tags: ['x'],
      heartbeatAt: TIME + 5,
      exitCode: 3,
    }
    await store().transaction((tx) => tx.runs.update({ ...changed, createdBy: 77 }))
    const page = { ownerId: first.ownerId, before: null, limit: 9 }
    await store().read(async ({ runs }) => {
      assert.deepEqual(await runs.list(page), [third, second, changed])
      assert.deepEqual(await runs.list({ ...page, limit: 1 }), [third])
      assert.deepEqual(await runs.list({ ...page, before: third.id, limit: 1 }), [second])
    })
    await assert.rejects(store().transaction((tx) => tx.runs.update({ ...first, id: 999_999_996 })))
  })
}

function testLines({ store }: Context): void {
  it('lines are numbered, replaced, and hold any character', async () => {
    const { id: runId } = await store().transaction(async (tx) =>
      insertRun(tx, (await insertProject(tx)).id),
    )
    const texts = ['{"a": NaN}', 'a\0b', '', '\ufeffé😀', 'tab\tand\r']
    await store().transaction(async ({ runs }) => {
      await runs.putLines(runId, 'history', 0, texts)
      await runs.putLines(runId, 'history', 4, ['replaced', 'new'])
      await runs.putLines(runId, 'output', 10, ['elsewhere'])
      await runs.putLines(runId, 'events', 0, [])
    })
    const expected = [...texts.slice(0, 4), 'replaced', 'new']
    await store().read(async ({ runs }) => {
      const list = (from: number, limit: number) =>
        runs.lines({ runId, file: 'history', from, limit })
      const all = expected.map((text, line) => ({ line, text }))
      assert.deepEqual(await list(0, 99), all)
      assert.deepEqual(await list(1, 2), all.slice(1, 3))
      assert.equal(await runs.lineCount(runId, 'history'), 6)
      assert.equal(await runs.lineCount(runId, 'output'), 11)
      assert.equal(await runs.lineCount(runId, 'events'), 0)
    })
  })
}

function testRunFiles({ store }: Context): void {
  it('a run’s files are found, replaced and listed by name', async () => {
    const { run, blobs } = await store().transaction(async (tx) => ({
      run: await insertRun(tx, (await insertProject(tx)).id),
      blobs: [await insertBlob(tx, freshId('content')), await insertBlob(tx, freshId('content'))],
    }))
    const file = (name: string, at: number): RunFile => {
      const digest = blobs[at]
      assert(digest !== undefined)
      return { runId: run.id, name, digest, size: at, md5: md5Of(name), updatedAt: TIME + at }
    }
    await store().transaction(async ({ runFiles }) => {
      for (const name of ['é', 'a/b', 'Z']) await runFiles.put(file(name, 0))
      await runFiles.put(file('a/b', 1))
    })
    const page = { runId: run.id, after: '', limit: 9 }
    await store().read(async ({ runFiles }) => {
      const all = [file('Z', 0), file('a/b', 1), file('é', 0)]
      assert.deepEqual(await runFiles.list(page), all)
      assert.deepEqual(await runFiles.list({ ...page, after: 'Z', limit: 1 }), all.slice(1, 2))
      assert.deepEqual(await runFiles.find(run.id, 'a/b'), all[1])
      assert.equal(await runFiles.find(run.id, 'none'), undefined)
    })
  })
}

function testLineage({ store }: Context): void {
  it('edges are recorded once and found from both ends, oldest first', async () => {
    const [runs, versions] = await store().transaction(async (tx) => {
      const { id, ownerId } = await insertCollection(tx)
      const runs = [await insertRun(tx, ownerId), await insertRun(tx, ownerId)]
      const versions = [await insertVersion(tx, id, 0), await insertVersion(tx, id, 1)]
      return [runs.map((run) => run.id), versions.map((version) => version.id)]
    })
    const [run = 0, other = 0] = runs
    const [v0 = '', v1 = ''] = versions
    await store().transaction(async ({ lineage }) => {
      const edge = { direction: 'input', usedAs: 'base' } as const
      await lineage.record({ ...edge, runId: run, versionId: v1, time: TIME })
      await lineage.record({ ...edge, runId: run, versionId: v0, time: TIME + 1 })
      await lineage.record({ ...edge, runId: run, versionId: v1, time: TIME + 2 })
      await lineage.record({ ...edge, runId: other, versionId: v1, time: TIME - 1 })
      await lineage.record({ ...edge, direction: 'output', runId: run, versionId: v0, time: TIME })
    })
    await store().read(async ({ lineage }) => {
      assert.deepEqual(await lineage.versionsOf(run, 'input'), [v1, v0])
      assert.deepEqual(await lineage.versionsOf(run, 'output'), [v0])
      assert.deepEqual(await lineage.runsOf(v1, 'input', 9), [other, run])
      assert.deepEqual(await lineage.runsOf(v1, 'input', 1), [other])
      assert.deepEqual(await lineage.runsOf(v1, 'output', 9), [])
    })
  })
}
