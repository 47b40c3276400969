import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Slot } from '../model/alias.ts'
import { pickSlotByKey, sortSlots } from './slots.ts'

function slots(...weights: readonly [label: string, weight: number][]): Slot[] {
  return weights.map(([label, weight], index) => ({ index, label, weight }))
}

// The vectors of docs/decisions/0004-sticky-resolution.md, computed by another program.
test('sticky resolution gives the published answers', () => {
  const pick = (from: readonly Slot[], salt: string, key: string) =>
    pickSlotByKey(from, salt, key)?.label
  const keys = Array.from({ length: 24 }, (_, at) => `user-${at}`)
  const two = slots(['a', 3], ['b', 1])
  assert.equal(keys.map((key) => pick(two, '00ff', key)).join(''), 'aaaaabaaaabaaaaaabbbaaaa')
  const three = slots(['blue', 1], ['green', 1], ['red', 2])
  assert.deepEqual(
    Array.from({ length: 8 }, (_, at) => pick(three, '5a17', `k${at}`)),
    ['red', 'green', 'green', 'blue', 'blue', 'red', 'blue', 'red'],
  )
})

test('growing one weight moves keys to it only', () => {
  fc.assert(
    fc.property(fc.string(), fc.integer({ min: 1, max: 9 }), (key, more) => {
      const before = pickSlotByKey(slots(['a', 2], ['b', 2], ['c', 2]), 'aa', key)?.label
      const after = pickSlotByKey(slots(['a', 2], ['b', 2 + more], ['c', 2]), 'aa', key)?.label
      assert.ok(after === before || after === 'b')
    }),
  )
})

test('shares follow weights', () => {
  const three = slots(['a', 1], ['b', 3], ['c', 6])
  const counts = new Map<string | undefined, number>()
  for (let at = 0; at < 10_000; at++) {
    const label = pickSlotByKey(three, 'f0', `key-${at}`)?.label
    counts.set(label, (counts.get(label) ?? 0) + 1)
  }
  for (const [label, share] of [
    ['a', 1000],
    ['b', 3000],
    ['c', 6000],
  ] as const)
    assert.ok(Math.abs((counts.get(label) ?? 0) - share) < 200, `${label}: ${counts.get(label)}`)
})

test('slots are kept highest weight first, then newest', () => {
  const order = sortSlots(slots(['a', 1], ['b', 5], ['c', 1])).map((slot) => slot.label)
  assert.deepEqual(order, ['b', 'c', 'a'])
})
