import assert from 'node:assert/strict'
import { test } from 'node:test'
import { curveOf, describeCurve, smooth } from './curve.ts'

const line = (at: number, values: Record<string, unknown>) => ({ line: at, values })

test('a curve keeps the lines that have a number, by their step', () => {
  const items = [
    line(0, { loss: 3, _step: 0 }),
    line(1, { loss: 'NaN', _step: 1 }),
    line(2, { val: { loss: 2 }, loss: 2, _step: 5 }),
    line(3, { loss: 1, _step: 5 }),
    line(4, { other: 1 }),
  ]
  assert.deepEqual(curveOf({ count: 5, items }, 'loss'), { steps: [0, 5], values: [3, 1] })
  assert.deepEqual(curveOf({ count: 5, items }, 'val.loss'), { steps: [5], values: [2] })
  assert.deepEqual(curveOf({ count: 5, items }, '__proto__.x'), { steps: [], values: [] })
})

test('smoothing leaves a level line level, and begins at its first value', () => {
  const level = { steps: [0, 1, 2], values: [4, 4, 4] }
  for (const value of smooth(level, 0.9).values) assert.ok(Math.abs(value - 4) < 1e-9)
  assert.equal(smooth({ steps: [0, 1], values: [8, 0] }, 0.5).values[0], 8)
  assert.deepEqual(smooth(level, 0), level)
})

test('a curve is told in words', () => {
  assert.equal(
    describeCurve('loss', { steps: [0, 9], values: [3, 1] }),
    'loss: from 3 at step 0 to 1 at step 9, lowest 1, highest 3',
  )
  assert.equal(describeCurve('loss', { steps: [], values: [] }), 'loss: no values')
})
