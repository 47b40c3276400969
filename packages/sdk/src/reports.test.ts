import assert from 'node:assert/strict'
import { test } from 'node:test'
import { eachOf } from './each-of.ts'
import { drained, reportsOf } from './reports.ts'

const turn = () => new Promise<void>((resolve) => setImmediate(resolve))

test('a slow reader gets the newest report, and the result', async () => {
  const steps = reportsOf<number, string>(async (report) => {
    for (let step = 1; step <= 5; step++) report(step)
    await turn()
    report(6)
    return 'done'
  })
  const heard: number[] = []
  assert.equal(await drained(steps, (step) => void heard.push(step)), 'done')
  assert.deepEqual(heard, [5, 6])
})

test('a failure is thrown behind the reports before it', async () => {
  const steps = reportsOf<number, void>(async (report) => {
    report(1)
    throw new Error('broken')
  })
  const heard: number[] = []
  await assert.rejects(
    drained(steps, (step) => void heard.push(step)),
    /broken/,
  )
  assert.deepEqual(heard, [1])
})

test('who leaves the loop ends the work, and waits for its end', async () => {
  let ended = false
  const steps = reportsOf<number, void>(async (report, signal) => {
    while (!signal.aborted) {
      report(1)
      await turn()
    }
    await turn()
    ended = true
  })
  for await (const _ of steps) break
  assert.ok(ended)
})

test('each item once, no more at once than allowed', async () => {
  let atOnce = 0
  let most = 0
  const done: number[] = []
  await eachOf(new Set([1, 2, 3, 4, 5, 6, 7]), 3, undefined, async (item) => {
    most = Math.max(most, ++atOnce)
    await turn()
    done.push(item)
    atOnce--
  })
  assert.deepEqual([done.sort(), most], [[1, 2, 3, 4, 5, 6, 7], 3])
})

test('the first failure ends the others, and is thrown once they have ended', async () => {
  const ended: number[] = []
  const work = async (item: number, signal: AbortSignal) => {
    if (item === 2) throw new Error('the second')
    while (!signal.aborted) await turn()
    ended.push(item)
  }
  await assert.rejects(eachOf([1, 2, 3, 4, 5], 3, undefined, work), /the second/)
  assert.deepEqual(ended, [1, 3])
  const never = async () => assert.fail('it was called')
  await assert.rejects(eachOf([1], 2, AbortSignal.abort(new Error('before')), never), /before/)
})
