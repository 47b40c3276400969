import assert from 'node:assert/strict'
import { test } from 'node:test'
import { maxAgeOf, type Policy } from './policy.ts'

test('a policy says how old an answer may be', () => {
  assert.equal(maxAgeOf('fail'), 0)
  assert.equal(maxAgeOf('pinned'), Number.POSITIVE_INFINITY)
  assert.equal(maxAgeOf('stale-ok:90s'), 90_000)
  assert.equal(maxAgeOf('stale-ok:24h'), 86_400_000)
  assert.equal(maxAgeOf('stale-ok:7d'), 604_800_000)
  for (const wrong of ['stale-ok:', 'stale-ok:h', 'stale-ok:-1h', 'stale-ok:1.5h', 'never', '24h'])
    assert.throws(() => maxAgeOf(wrong as Policy), { code: 'request_invalid' }, wrong)
})
