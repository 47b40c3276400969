import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isRegistryError } from '../core/errors.ts'
import { MAX_FAILED_SIGN_INS } from '../core/limits.ts'
import { createFailureLimit } from './failure-limit.ts'

function scene() {
  const world = { now: 1_000 }
  const limit = createFailureLimit(() => world.now)
  const fail = (address: string, times: number) => {
    for (let done = 0; done < times; done++) limit.note(address)
  }
  const isHeldUp = (address: string) => {
    try {
      limit.check(address)
      return false
    } catch (error) {
      assert(isRegistryError(error, 'rate_limited'))
      return true
    }
  }
  return { world, fail, isHeldUp, limit }
}

test('so many failures, then one every half minute', () => {
  const { world, fail, isHeldUp } = scene()
  fail('192.0.2.1', MAX_FAILED_SIGN_INS - 1)
  assert.equal(isHeldUp('192.0.2.1'), false)
  fail('192.0.2.1', 1)
  assert.equal(isHeldUp('192.0.2.1'), true)
  assert.equal(isHeldUp('192.0.2.2'), false, 'nobody else')
  world.now += 29_999
  assert.equal(isHeldUp('192.0.2.1'), true)
  world.now += 1
  assert.equal(isHeldUp('192.0.2.1'), false)
  fail('192.0.2.1', 1)
  assert.equal(isHeldUp('192.0.2.1'), true)
})

test('it says for how long', () => {
  const { fail, limit } = scene()
  fail('192.0.2.1', MAX_FAILED_SIGN_INS)
  assert.throws(
    () => limit.check('192.0.2.1'),
    (error) => isRegistryError(error) && error.details.retryAfterSeconds === 30,
  )
})

test('a network of IPv6 is one caller, however it is written', () => {
  const { fail, isHeldUp } = scene()
  fail('2001:db8:1:2::1', MAX_FAILED_SIGN_INS)
  assert.equal(isHeldUp('2001:db8:1:2:3:4:5:6'), true)
  assert.equal(isHeldUp('2001:db8:1:3::1'), false)
  fail('::1', MAX_FAILED_SIGN_INS)
  assert.equal(isHeldUp('::1'), true)
  assert.equal(isHeldUp('::ffff:192.0.2.9'), false)
})
