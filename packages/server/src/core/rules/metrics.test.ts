import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { MetricKey } from '../model/run.ts'
import { foldKeys, readLine } from './metrics.ts'

const VALUES = [
  1,
  2,
  2.5,
  -1,
  0,
  '"x"',
  '"5"',
  'NaN',
  'Infinity',
  'true',
  'null',
  '[1]',
  '"\\u0000"',
]
const rows = fc.array(fc.tuple(fc.constantFrom('a', 'b'), fc.constantFrom(...VALUES)), {
  minLength: 1,
  maxLength: 20,
})

test('a metric is known alike however its lines were cut into requests', () => {
  fc.assert(
    fc.property(rows, fc.nat(20), (some, cut) => {
      const lines = some.map(([key, value], line) =>
        readLine({ line, text: `{"${key}":${value}}` }),
      )
      const fold = (known: readonly MetricKey[], part: typeof lines) => {
        const before = new Map(known.map((key) => [key.key, key]))
        for (const key of foldKeys(before, part, [])) before.set(key.key, key)
        return [...before.values()]
      }
      const whole = fold([], lines)
      const inTwo = fold(fold([], lines.slice(0, cut)), lines.slice(cut))
      assert.deepEqual(sorted(inTwo), sorted(whole))
    }),
  )
})

test('lines sent again change nothing; one that is replaced is counted once', () => {
  const lines = [1, 3, 2].map((a, line) => readLine({ line, text: `{"a":${a}}` }))
  const [first] = foldKeys(new Map(), lines, [])
  assert.deepEqual(first, {
    ...{ key: 'a', kind: 'number', count: 3, monotonic: false, lastLine: 2, last: '2' },
  })
  const known = new Map(first === undefined ? [] : [['a', first] as const])
  assert.deepEqual(foldKeys(known, lines, lines), [first])
  const other = [readLine({ line: 2, text: '{"b":"x"}' })]
  assert.deepEqual(foldKeys(known, other, lines.slice(2)), [
    { ...first, count: 2 },
    { key: 'b', kind: 'string', count: 1, monotonic: false, lastLine: 2, last: '"x"' },
  ])
})

function sorted(keys: readonly MetricKey[]): readonly MetricKey[] {
  return keys.toSorted((a, b) => (a.key < b.key ? -1 : 1))
}
