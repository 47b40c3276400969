import assert from 'node:assert/strict'
import { test } from 'node:test'
import { directionOf, isBetter, metricKeysOf, metricsOf } from './metrics.ts'

test('less is better of losses and errors, more of the rest', () => {
  for (const key of ['loss', 'val.loss', 'eval_rmse', 'latency_ms', 'word-error'])
    assert.equal(directionOf(key), 'lower', key)
  for (const key of ['accuracy', 'f1', 'glossary', 'measure'])
    assert.equal(directionOf(key), 'higher', key)
})

test('numbers are found wherever they lie in the metadata', () => {
  const found = metricsOf({ accuracy: 0.9, eval: { loss: 0.1, name: 'x' }, list: [1, 2] })
  assert.deepEqual(
    [...found],
    [
      ['accuracy', 0.9],
      ['eval.loss', 0.1],
    ],
  )
})

test('measures come before other numbers', () => {
  const versions = [{ metadata: { epochs: 3, accuracy: 0.9 } }, { metadata: { epochs: 4 } }]
  assert.deepEqual(metricKeysOf(versions), ['accuracy', 'epochs'])
})

test('better follows the direction, and equal is neither', () => {
  assert.equal(isBetter('loss', 0.2, 0.1), true)
  assert.equal(isBetter('accuracy', 0.2, 0.1), false)
  assert.equal(isBetter('accuracy', 0.2, 0.2), undefined)
})
