import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { createNewId } from './new-id.ts'

const randomHex = (bytes: number) => randomBytes(bytes).toString('hex')

test('ids are short and in order, even when the clock stands or goes back', () => {
  const times = [1_700_000_000_000_000, 1_700_000_000_000_000, 1_600_000_000_000_000]
  let call = 0
  const newId = createNewId(() => times[Math.min(call++, 2)] ?? 0, randomHex)
  const ids = Array.from({ length: 1_000 }, newId)
  assert.deepEqual(ids.toSorted(), ids)
  assert.equal(new Set(ids).size, ids.length)
  for (const id of ids) assert.match(id, /^[a-z0-9]{1,32}$/)
})

test('two processes with one clock do not collide', () => {
  const one = createNewId(() => 1, randomHex)
  const other = createNewId(() => 1, randomHex)
  assert.notEqual(one(), other())
})
