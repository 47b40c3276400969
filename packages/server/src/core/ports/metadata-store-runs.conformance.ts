import assert from 'node:assert/strict'
import { it } from 'node:test'
import type { MetricKey, MetricSpan, Run, RunFile } from '../model/run.ts'
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

const TEXTS = { config: '{"lr": NaN, "max": Infinity}', summary: '{"loss":\n0.1}' }

export function testRuns(context: Context): void {
  testRunRows(context)
  testEnd(context)
  testMetrics(context)
  testLines(context)
  testRunFiles(context)
  testLineage(context)
}

function testRunRows({ store }: Context): void {
  it('a run comes back whole, by name, id and ids; its texts as they came', async () => {
    const run = await store().transaction(async (tx) => {
      const { id } = await insertProject(tx)
      const given: Partial<Run> = {
        jobType: 'train',
        group: 'g',
        program: 'train.py',
        host: 'h',
        commit: 'abc',
        notes: 'n',
        tags: ['a', 'é'],
        exitCode: 0,
      }
      return insertRun(tx, id, given, TEXTS)
    })
    await store().read(async ({ runs }) => {
      assert.deepEqual(await runs.find(run.ownerId, run.name), run)
      assert.equal(await runs.find(run.ownerId, 'none'), undefined)
      assert.deepEqual(await runs.findById(run.id), run)
      assert.deepEqual(await runs.findMany([999_999_999, run.id]), [run])
      assert.deepEqual(await runs.texts([999_999_999, run.id]), new Map([[run.id, TEXTS]]))
    })
    await store().transaction(async ({ runs }) => {
      assert.deepEqual(await runs.lock(run.ownerId, run.name), run)
      assert.deepEqual(await runs.lockById(run.id), run)
      await runs.putTexts(run.id, { summary: '{}' })
      await runs.putTexts(run.id, {})
    })
    const texts = await store().read(({ runs }) => runs.texts([run.id]))
    assert.deepEqual(texts.get(run.id), { ...TEXTS, summary: '{}' })
    const twin = { ...run, id: 999_999_997 }
    await rejectsWith(
      store().transaction((tx) => tx.runs.insert(twin, TEXTS)),
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
      tags: ['x'],
      heartbeatAt: TIME + 5,
      exitCode: 3,
    }
    await store().transaction((tx) => tx.runs.update({ ...changed, createdBy: 77 }))
    const page = { ownerId: first.ownerId, order: 'newest', after: null, limit: 9 } as const
    const oldest = { ...page, order: 'oldest' } as const
    await store().read(async ({ runs }) => {
      assert.deepEqual(await runs.list(page), [third, second, changed])
      assert.deepEqual(await runs.list({ ...page, limit: 1 }), [third])
      assert.deepEqual(await runs.list({ ...page, after: third.id, limit: 1 }), [second])
      assert.deepEqual(await runs.list(oldest), [changed, second, third])
      assert.deepEqual(await runs.list({ ...oldest, after: first.id, limit: 1 }), [second])
      assert.equal(await runs.count(first.ownerId), 3)
    })
    await assert.rejects(store().transaction((tx) => tx.runs.update({ ...first, id: 999_999_996 })))
  })
}

function testEnd({ store }: Context): void {
  it('a run that was ended is nowhere; its name is free, what it held goes in parts', async () => {
    const [run, other] = await store().transaction(async (tx) => {
      const { id } = await insertProject(tx)
      const run = await insertRun(tx, id)
      const lines = Array.from({ length: 5 }, () => ({ text: 'x', step: null }))
      await tx.runLines.put(run.id, 'output', 0, lines)
      await tx.runMetrics.putKeys(run.id, [key('a', 1), key('b', 1)])
      await tx.runMetrics.widenSpans(run.id, [span('a', 0, 1, 1)])
      await tx.runs.end(run.id, TIME)
      return [run, await insertRun(tx, id, { name: run.name })]
    })
    await store().read(async ({ runs }) => {
      assert.deepEqual(await runs.find(run.ownerId, run.name), other)
      assert.equal(await runs.findById(run.id), undefined)
      assert.deepEqual(await runs.findMany([run.id]), [])
      assert.equal(await runs.count(run.ownerId), 1)
      assert.ok((await runs.listDiscarded(1_000)).includes(run.id))
    })
    const remove = () => store().transaction((tx) => tx.runs.removeDiscarded(run.id, 2))
    let parts = 1
    while (!(await remove())) parts += 1
    assert.ok(parts >= 3, 'more lines than one part takes')
    await store().read(async ({ runs, runLines, runMetrics }) => {
      assert.ok(!(await runs.listDiscarded(1_000)).includes(run.id))
      assert.equal(await runLines.count(run.id, 'output'), 0)
      assert.equal(await runMetrics.countKeys(run.id), 0)
      assert.deepEqual(await runs.texts([run.id]), new Map())
    })
    await store().transaction((tx) => tx.runs.endAllOf(run.ownerId, TIME))
    const discarded = await store().read(({ runs }) => runs.listDiscarded(1_000))
    assert.ok(discarded.includes(other.id))
  })
}

function testLines({ store }: Context): void {
  it('lines are numbered, replaced, cut off, and hold any character', async () => {
    const { id: runId } = await store().transaction(async (tx) =>
      insertRun(tx, (await insertProject(tx)).id),
    )
    const texts = ['{"a": NaN}', 'a\0b', '', '\ufeffé😀', 'tab\tand\r']
    const plain = (all: readonly string[]) => all.map((text) => ({ text, step: null }))
    await store().transaction(async ({ runLines }) => {
      await runLines.put(runId, 'history', 0, plain(texts))
      await runLines.put(runId, 'history', 4, plain(['replaced', 'new']))
      await runLines.put(runId, 'output', 10, plain(['elsewhere']))
      await runLines.put(runId, 'events', 0, [])
    })
    const expected = [...texts.slice(0, 4), 'replaced', 'new']
    await store().read(async ({ runLines }) => {
      const list = (from: number, limit: number) =>
        runLines.list({ runId, file: 'history', from, limit })
      const all = expected.map((text, line) => ({ line, text }))
      assert.deepEqual(await list(0, 99), all)
      assert.deepEqual(await list(1, 2), all.slice(1, 3))
      const bounded = { runId, file: 'history', from: 0, before: 4, limit: 99 } as const
      assert.deepEqual(await runLines.list(bounded), all.slice(0, 4))
      assert.deepEqual(await runLines.list({ ...bounded, maxBytes: 0 }), all.slice(2, 3))
      assert.equal(await runLines.count(runId, 'history'), 6)
      assert.equal(await runLines.count(runId, 'output'), 11)
      assert.equal(await runLines.count(runId, 'events'), 0)
    })
    await store().transaction((tx) => tx.runLines.cut(runId, 'history', 2))
    await store().read(async ({ runLines }) => {
      assert.equal(await runLines.count(runId, 'history'), 2)
      assert.equal(await runLines.count(runId, 'output'), 11)
    })
  })

  it('the lines of each of several writers are counted', async () => {
    await store().transaction(async (tx) => {
      const { id: runId } = await insertRun(tx, (await insertProject(tx)).id)
      const { runLines } = tx
      assert.equal(await runLines.countBy(runId, 'history', 'a'), 0)
      await runLines.putCountBy(runId, 'history', 'a', 3)
      await runLines.putCountBy(runId, 'history', 'b', 7)
      await runLines.putCountBy(runId, 'output', 'a', 1)
      await runLines.putCountBy(runId, 'history', 'a', 5)
      assert.equal(await runLines.countBy(runId, 'history', 'a'), 5)
      assert.equal(await runLines.countBy(runId, 'history', 'b'), 7)
      assert.equal(await runLines.countBy(runId, 'output', 'a'), 1)
      assert.equal(await runLines.countBy(runId + 1, 'history', 'a'), 0)
    })
  })

  it('history lines are found by their steps', async () => {
    const { id: runId } = await store().transaction(async (tx) =>
      insertRun(tx, (await insertProject(tx)).id),
    )
    const steps = [0, 10, null, 20, 10]
    await store().transaction(async ({ runLines }) => {
      const lines = steps.map((step, line) => ({ text: String(line), step }))
      await runLines.put(runId, 'history', 0, lines)
    })
    await store().read(async ({ runLines }) => {
      const lines = await runLines.listBySteps({ runId, from: 1, before: 20, limit: 9 })
      assert.deepEqual(lines, [
        { line: 1, text: '1' },
        { line: 4, text: '4' },
      ])
      assert.deepEqual(await runLines.rangeOfSteps(runId, 10, 21), { first: 1, last: 4 })
      assert.equal(await runLines.rangeOfSteps(runId, 21, 99), undefined)
      assert.equal(await runLines.lastStep(runId), 20)
      assert.equal(await runLines.lastStep(999_999_999), undefined)
    })
  })
}

function key(name: string, count: number): MetricKey {
  return { key: name, kind: 'number', count, monotonic: true, lastLine: 0, last: null }
}

function span(name: string, at: number, low: number, high: number): MetricSpan {
  return { key: name, span: at, low, lowLine: 32 * at + low, high, highLine: 32 * at + high }
}

function testMetrics({ store }: Context): void {
  it('metrics are kept by name, and spans only widen', async () => {
    const { id: runId } = await store().transaction(async (tx) =>
      insertRun(tx, (await insertProject(tx)).id),
    )
    const keys = [key('b', 1), key('a.é', 2), { ...key('a', 3), last: '"x"', monotonic: false }]
    await store().transaction(async ({ runMetrics }) => {
      await runMetrics.putKeys(runId, keys)
      await runMetrics.putKeys(runId, [key('b', 7)])
      await runMetrics.widenSpans(runId, [span('a', 0, 3, 5), span('a', 1, 4, 4)])
      await runMetrics.widenSpans(runId, [span('a', 0, 2, 4), span('b', 0, 1, 1)])
      await runMetrics.widenSpans(runId, [span('a', 0, 3, 9)])
    })
    await store().read(async ({ runMetrics }) => {
      const all = [keys[2], keys[1], key('b', 7)]
      assert.deepEqual(await runMetrics.keys({ runId, after: '', limit: 9 }), all)
      assert.deepEqual(await runMetrics.keys({ runId, after: 'a', limit: 1 }), all.slice(1, 2))
      assert.deepEqual(await runMetrics.findKeys(runId, ['b', 'none']), all.slice(2))
      assert.equal(await runMetrics.countKeys(runId), 3)
      const query = { runId, key: 'a', from: 0, to: 9, limit: 9 }
      const wide = [span('a', 0, 2, 9), span('a', 1, 4, 4)]
      assert.deepEqual(await runMetrics.spans(query), wide)
      assert.deepEqual(await runMetrics.spans({ ...query, from: 1 }), wide.slice(1))
      assert.deepEqual(await runMetrics.spans({ ...query, limit: 1 }), wide.slice(0, 1))
    })
    await store().transaction((tx) => tx.runMetrics.clear(runId))
    assert.equal(await store().read((tx) => tx.runMetrics.countKeys(runId)), 0)
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
      assert.equal(await runFiles.count(run.id), 3)
    })
    await store().transaction((tx) => tx.runFiles.remove(run.id, ['Z', 'none']))
    assert.equal(await store().read((tx) => tx.runFiles.count(run.id)), 2)
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
      const record = (versionId: string, time: number) =>
        lineage.record({ ...edge, runId: run, versionId, time })
      const isNew = [await record(v1, TIME), await record(v0, TIME + 1), await record(v1, TIME + 2)]
      assert.deepEqual(isNew, [true, true, false])
      await lineage.record({ ...edge, runId: other, versionId: v1, time: TIME - 1 })
      await lineage.record({ ...edge, direction: 'output', runId: run, versionId: v0, time: TIME })
    })
    await store().read(async ({ lineage }) => {
      const inputs = { runId: run, direction: 'input', limit: 9 } as const
      const first = { versionId: v1, time: TIME }
      const second = { versionId: v0, time: TIME + 1 }
      assert.deepEqual(await lineage.versionsOf(inputs), [first, second])
      assert.deepEqual(await lineage.versionsOf({ ...inputs, limit: 1 }), [first])
      assert.deepEqual(await lineage.versionsOf({ ...inputs, after: first }), [second])
      assert.deepEqual(await lineage.versionsOf({ ...inputs, direction: 'output' }), [
        { versionId: v0, time: TIME },
      ])
      assert.equal(await lineage.countVersions(run, 'input'), 2)
      assert.deepEqual(await lineage.runsOf(v1, 'input', 9), [other, run])
      assert.deepEqual(await lineage.runsOf(v1, 'input', 1), [other])
      assert.deepEqual(await lineage.runsOf(v1, 'output', 9), [])
    })
  })
}
