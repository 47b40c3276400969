import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { nearNames } from './near.ts'

test('names that somebody may have meant come nearest first', () => {
  const names = ['classifier', 'Classifer', 'image-classifier-v2', 'segmenter', 'class']
  assert.deepEqual(nearNames('classifer', names, 9), ['Classifer', 'classifier'])
  assert.deepEqual(nearNames('classifier', names, 1), ['classifier'])
  assert.deepEqual(nearNames('ifier', names, 9), ['classifier', 'image-classifier-v2'])
  assert.deepEqual(nearNames('nothing', names, 9), [])
})

test('a name is near by as many edits as the whole table of distances says', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), minLength: 6, maxLength: 40 })
  fc.assert(
    fc.property(text, text, (wanted, name) => {
      const most = Math.min(5, Math.floor(wanted.length / 3))
      const isNear = distanceOf(wanted, name) <= most || name.includes(wanted)
      assert.deepEqual(nearNames(wanted, [name], 1), isNear ? [name] : [])
    }),
  )
})

function distanceOf(left: string, right: string): number {
  const table = [Array.from({ length: right.length + 1 }, (_, at) => at)]
  for (let i = 1; i <= left.length; i++) {
    const row = [i]
    for (let j = 1; j <= right.length; j++) {
      const at = (y: number, x: number) => (y === i ? row[x] : table[y]?.[x]) ?? Number.NaN
      const substituted = at(i - 1, j - 1) + (left[i - 1] === right[j - 1] ? 0 : 1)
      row.push(Math.min(substituted, at(i - 1, j) + 1, at(i, j - 1) + 1))
    }
    table.push(row)
  }
  return table[left.length]?.[right.length] ?? Number.NaN
}
