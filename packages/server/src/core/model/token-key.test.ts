import assert from 'node:assert/strict'
import { test } from 'node:test'
import { digestOfKey, isImportableKey, makeKey, prefixOfKey } from './token-key.ts'

test('a key satisfies every client at once', () => {
  for (const hex of ['0'.repeat(64), 'f'.repeat(64), '0123456789abcdef'.repeat(4)]) {
    const key = makeKey(hex)
    assert.match(key, /^hf_[A-Za-z0-9]{49}$/)
    assert.ok(isImportableKey(key))
    assert.ok(key.startsWith(prefixOfKey(key)))
    assert.match(digestOfKey(key), /^[0-9a-f]{64}$/)
  }
  assert.notEqual(makeKey('0'.repeat(64)), makeKey(`${'0'.repeat(63)}1`))
})

test('what the wandb client refuses as a key is not imported', () => {
  assert.ok(isImportableKey(`local-${'a'.repeat(40)}`))
  for (const key of ['', 'a'.repeat(39), `${'a'.repeat(40)}!`, `a-b-${'a'.repeat(40)}`])
    assert.ok(!isImportableKey(key), key)
})
