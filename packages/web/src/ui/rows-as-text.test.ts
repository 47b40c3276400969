import assert from 'node:assert/strict'
import { test } from 'node:test'
import { rowsAsText } from './rows-as-text.ts'

test('rows become lines, cells stay in theirs, and no text becomes a formula', () => {
  const rows = [
    ['a\tb\nc', -1.5],
    ['=HYPERLINK("x")', 2],
    ['-x', 0],
  ]
  assert.equal(
    rowsAsText(['name', 'loss'], rows),
    'name\tloss\na b c\t-1.5\n\'=HYPERLINK("x")\t2\n\'-x\t0',
  )
})
