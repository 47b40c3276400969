import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { RegistryError } from '../core/errors.ts'
import { type Actor, SYSTEM } from '../core/model/actor.ts'
import { StandingRights } from './standing-rights.ts'

const ADA: Actor = { ...SYSTEM, userId: 1, username: 'ada', entityId: 1, admin: false }

function scene(t: TestContext) {
  t.mock.timers.enable({ apis: ['setInterval'] })
  const asked: string[] = []
  const ended: string[] = []
  const world = { now: 0, answer: (): Promise<Actor> => Promise.resolve(ADA) }
  const rights = new StandingRights(
    (key) => {
      asked.push(key)
      return world.answer()
    },
    () => world.now,
  )
  const pass = async (milliseconds: number) => {
    for (let left = milliseconds; left > 0; left -= 500) {
      world.now += 500
      t.mock.timers.tick(500)
      await new Promise(setImmediate)
    }
  }
  const keep = (name: string, key = 'key', actor = ADA) =>
    rights.keep(key, actor, () => ended.push(name))
  return { asked, ended, world, pass, keep }
}

test('one question for all answers under one key, and none when they have ended', async (t) => {
  const { asked, ended, pass, keep } = scene(t)
  const stops = [keep('one'), keep('two'), keep('three', 'other')]
  await pass(20_000)
  assert.deepEqual([asked.length, ended], [22, []])
  for (const stop of stops) stop()
  await pass(20_000)
  assert.equal(asked.length, 22)
})

test('a key that is no longer known ends all that stands under it', async (t) => {
  const { ended, world, pass, keep } = scene(t)
  keep('one')
  keep('two')
  await pass(10_000)
  world.answer = () => Promise.reject(new RegistryError('unauthenticated', 'revoked'))
  await pass(5_000)
  assert.deepEqual(ended.slice(0, 2), ['one', 'two'])
})

test('so does one whose user has become another, or lost a role', async (t) => {
  const { ended, world, pass, keep } = scene(t)
  keep('administrator', 'key', { ...ADA, admin: true, standing: 'an administrator' })
  keep('same')
  await pass(3_000)
  assert.deepEqual(ended.slice(0, 1), ['administrator'])
  world.answer = () => Promise.resolve({ ...ADA, userId: 2, standing: 'another' })
  await pass(3_000)
  assert.ok(ended.includes('same'))
})

test('a database that is away for a moment ends nothing, for 5 s everything', async (t) => {
  const { ended, world, pass, keep } = scene(t)
  keep('one')
  await pass(5_000)
  const away = () => Promise.reject(new RegistryError('registry_unavailable', 'away'))
  world.answer = away
  await pass(2_000)
  world.answer = () => Promise.resolve(ADA)
  await pass(5_000)
  assert.deepEqual(ended, [])
  world.answer = away
  await pass(5_000)
  assert.deepEqual(ended.slice(0, 1), ['one'])
})

test('a question that is never answered is a no after 5 s, and is asked once', async (t) => {
  const { asked, ended, world, pass, keep } = scene(t)
  world.answer = () => new Promise<Actor>(() => undefined)
  keep('one')
  await pass(5_000)
  assert.equal(asked.length, 1)
  assert.deepEqual(ended.slice(0, 1), ['one'])
})
