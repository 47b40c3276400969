import assert from 'node:assert/strict'
import { test } from 'node:test'
import { directionOf, isBetter, metricKeysOf, metricsOf, wordKeysOf } from './metrics.ts'

test('the name of a metric says which way is better, or nothing of it', () => {
  for (const key of ['loss', 'val.loss', 'eval_rmse', 'latency_ms', 'word-error', 'logloss'])
    assert.equal(directionOf(key), 'lower', key)
  for (const key of ['accuracy', 'f1', 'top3_accuracy', 'eval.map50', 'recall@5', '<b>score</b>'])
    assert.equal(directionOf(key), key.startsWith('<') ? undefined : 'higher', key)
  for (const key of ['glossary', 'measure', 'epochs', 'parameters'])
    assert.equal(directionOf(key), undefined, key)
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

test('words are found beside them', () => {
  const versions = [{ metadata: { loss: 1, framework: 'torch', deep: { on: true } } }]
  assert.deepEqual(wordKeysOf(versions), ['deep.on', 'framework'])
})

test('measures come before other numbers', () => {
  const versions = [{ metadata: { epochs: 3, accuracy: 0.9 } }, { metadata: { epochs: 4 } }]
  assert.deepEqual(metricKeysOf(versions), ['accuracy', 'epochs'])
})

test('what the collection says goes before what names say', () => {
  const measures = [
    { path: 'epochs', better: 'lower' },
    { path: 'score', better: 'lower' },
  ] as const
  assert.equal(directionOf('score', measures), 'lower')
  assert.equal(isBetter('score', 0.2, 0.1, measures), true)
  const versions = [{ metadata: { accuracy: 0.9, epochs: 3 } }]
  assert.deepEqual(metricKeysOf(versions, measures), ['epochs', 'accuracy'])
})

test('better follows the direction, and equal is neither', () => {
  assert.equal(isBetter('loss', 0.2, 0.1), true)
  assert.equal(isBetter('accuracy', 0.2, 0.1), false)
  assert.equal(isBetter('accuracy', 0.2, 0.2), undefined)
  assert.equal(isBetter('epochs', 2, 3), undefined)
})
