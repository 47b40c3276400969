import assert from 'node:assert/strict'
import { test } from 'node:test'
import { leafRows } from './leaves.ts'

test('leaves of several versions stand side by side, also those that only one has', () => {
  const rows = leafRows([
    { metadata: { eval: { loss: 1, on: 'a' }, same: true } },
    { metadata: { eval: { loss: 2 }, same: true, list: [1] } },
  ])
  assert.deepEqual(
    rows.map(({ path, values, differs, isMetric }) => [path, values, differs, isMetric]),
    [
      ['eval.loss', [1, 2], true, true],
      ['eval.on', ['a', undefined], true, false],
      ['same', ['true', 'true'], false, false],
      ['list', [undefined, '[1]'], true, false],
    ],
  )
})

test('keys of prototypes are keys', () => {
  const metadata = JSON.parse('{"__proto__":{"polluted":1},"constructor":"x"}')
  assert.deepEqual(
    leafRows([{ metadata }]).map(({ path }) => path),
    ['__proto__.polluted', 'constructor'],
  )
})
