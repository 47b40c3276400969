import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createRandomHex } from './random-hex.ts'

test('gives as many bytes as asked for, never the same ones, across refills', () => {
  const randomHex = createRandomHex()
  const seen = new Set<string>()
  for (let at = 0; at < 5_000; at += 1) {
    const bytes = 8 + (at % 25)
    const hex = randomHex(bytes)
    assert.match(hex, /^[0-9a-f]+$/)
    assert.equal(hex.length, 2 * bytes)
    seen.add(hex.slice(0, 16))
  }
  assert.equal(seen.size, 5_000)
  assert.equal(randomHex(4096).length, 8192)
})
