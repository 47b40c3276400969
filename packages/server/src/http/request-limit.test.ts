import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isRegistryError } from '../core/errors.ts'
import { createRequestLimit } from './request-limit.ts'

function scene(perMinute: number) {
  const world = { now: 5_000 }
  const limit = createRequestLimit(perMinute, () => world.now)
  const wait = (caller = 'ada'): number => {
    try {
      limit(caller)
      return 0
    } catch (error) {
      assert(isRegistryError(error, 'rate_limited'))
      return Number(error.details.retryAfterSeconds)
    }
  }
  return { world, wait }
}

test('a minute’s worth at once, then one each time that one is due', () => {
  const { world, wait } = scene(60)
  for (let asked = 0; asked < 60; asked++) assert.equal(wait(), 0)
  assert.equal(wait(), 1)
  assert.equal(wait('bob'), 0)
  world.now += 1_000
  assert.equal(wait(), 0)
  assert.equal(wait(), 1, 'a refused request is not counted')
  world.now += 60_000
  for (let asked = 0; asked < 60; asked++) assert.equal(wait(), 0)
})

test('zero is no limit', () => {
  const { wait } = scene(0)
  for (let asked = 0; asked < 10_000; asked++) assert.equal(wait(), 0)
})

test('who asks all the time is not forgotten for ever new callers', () => {
  const { wait } = scene(20)
  for (let others = 0; others < 30_000; others++) {
    wait(`other${others}`)
    if (others % 1_000 === 0) wait()
  }
  assert.ok(wait() > 0)
})
