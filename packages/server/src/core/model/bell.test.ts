import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Bell } from './bell.ts'

async function isOver(wait: Promise<void>): Promise<boolean> {
  let over = false
  void wait.then(() => {
    over = true
  })
  await new Promise(setImmediate)
  return over
}

test('a ring wakes who waits, and one that nobody heard wakes the next', async () => {
  const bell = new Bell()
  const waiting = bell.wait()
  assert.equal(await isOver(waiting), false)
  bell.ring()
  assert.equal(await isOver(waiting), true)
  assert.equal(await isOver(bell.wait()), false)
  bell.ring()
  bell.ring()
  assert.equal(await isOver(bell.wait()), true)
  assert.equal(await isOver(bell.wait()), false)
})

test('nobody waits longer than they said', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] })
  const bell = new Bell()
  const waiting = bell.wait(1_000)
  t.mock.timers.tick(999)
  assert.equal(await isOver(waiting), false)
  t.mock.timers.tick(1)
  assert.equal(await isOver(waiting), true)
})
