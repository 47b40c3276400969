import assert from 'node:assert/strict'
import { test } from 'node:test'
import { nearNames } from './near-names.ts'

test('names that somebody may have meant, nearest first', () => {
  const names = ['staging', 'production', 'archived', 'latest']
  assert.deepEqual(nearNames('prodcution', names), ['production'])
  assert.deepEqual(nearNames('Production', names), ['production'])
  assert.deepEqual(nearNames('stagin', names), ['staging'])
  assert.deepEqual(nearNames('canary', names), [])
  assert.deepEqual(nearNames('ab', ['abc', 'b', 'ab2', 'a']), ['a', 'ab2', 'abc'])
})
