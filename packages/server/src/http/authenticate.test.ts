import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fastify } from 'fastify'
import type { Actor } from '../core/model/actor.ts'
import { digestOfKey } from '../core/model/token-key.ts'
import type { Registry } from '../core/registry.ts'
import { actorOf, requireAuthentication } from './authenticate.ts'
import { answerProblem } from './problem.ts'

const KEY = 'k'.repeat(43)

/** A registry that knows one key, counts the questions, and can revoke it. */
function oneKey() {
  const ends = { expiresAt: null, revokedAt: null as number | null }
  const state = { id: 't', scope: null, asked: 0, clock: 0, ...ends }
  const names = { id: 1, kind: 'user', username: 'ada', entityId: 2, homeEntityId: 2 }
  const user = { ...names, admin: false, removedAt: null }
  const users = {
    findToken: async (keyDigest: string) => {
      state.asked += 1
      return keyDigest === digestOfKey(KEY) ? { token: state, user } : undefined
    },
  }
  const members = { entityRoles: async () => [], ownerRoles: async () => [] }
  const grants = { listOfPrincipals: async () => [] }
  const registry = {
    now: () => 0,
    metadata: {
      rightsVersion: () => 0,
      read: (work: (tx: object) => unknown) => work({ users, members, grants }),
    },
  }
  const app = fastify()
  app.setErrorHandler(answerProblem)
  requireAuthentication(
    app,
    registry as unknown as Registry,
    () => {},
    () => state.clock,
  )
  app.get(
    '/api/me',
    { config: { access: 'token' } },
    async (request): Promise<Actor> => actorOf(request),
  )
  app.get('/api/open', { config: { access: 'public' } }, async (request) => actorOf(request))
  return { app, state }
}

function basic(pair: string): string {
  return `Basic ${Buffer.from(pair).toString('base64')}`
}

test('a key opens as Bearer or as the password of Basic, whoever the user', async () => {
  const { app } = oneKey()
  for (const authorization of [
    `Bearer ${KEY}`,
    `bearer  ${KEY}`,
    basic(`api:${KEY}`),
    basic(`:${KEY}`),
  ]) {
    const answer = await app.inject({ url: '/api/me', headers: { authorization } })
    assert.equal(answer.statusCode, 200, authorization)
    const { userId, username, entityId, admin } = answer.json()
    assert.deepEqual([userId, username, entityId, admin], [1, 'ada', 2, false])
  }
})

test('anything else is 401, and says how to do it', async () => {
  const { app } = oneKey()
  const wrong = [
    '',
    'Bearer',
    `Bearer ${KEY}x`,
    KEY,
    `Digest ${KEY}`,
    basic(KEY.slice(1)),
    'Basic !!',
  ]
  for (const authorization of wrong) {
    const answer = await app.inject({ url: '/api/me', headers: { authorization } })
    assert.equal(answer.statusCode, 401, authorization)
    assert.equal(answer.json().code, 'unauthenticated')
    assert.match(String(answer.headers['www-authenticate']), /^Bearer/)
  }
  assert.equal((await app.inject('/api/me')).statusCode, 401)
})

test('a public route asks for nothing and knows nobody', async () => {
  const { app, state } = oneKey()
  const answer = await app.inject({ url: '/api/open', headers: { authorization: `Bearer ${KEY}` } })
  assert.equal(answer.json().code, 'unauthenticated')
  assert.equal(state.asked, 0)
})

test('a yes is remembered for five seconds and no longer, a no never', async () => {
  const { app, state } = oneKey()
  const ask = async (key: string) =>
    (await app.inject({ url: '/api/me', headers: { authorization: `Bearer ${key}` } })).statusCode
  assert.equal(await ask(KEY), 200)
  state.revokedAt = 1
  state.clock = 4_999
  assert.equal(await ask(KEY), 200)
  assert.equal(state.asked, 1)
  state.clock = 5_000
  assert.equal(await ask(KEY), 401)
  state.revokedAt = null
  assert.equal(await ask(KEY), 200)
  assert.equal(state.asked, 3)
})
