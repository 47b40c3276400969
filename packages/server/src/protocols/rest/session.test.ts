import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import type { LightMyRequestResponse } from 'fastify'
import { ADMIN_KEY, testApp, USER_KEY } from '../../../test/test-app.ts'
import {
  SESSION_IDLE_SECONDS,
  SESSION_LIFETIME_SECONDS,
  SESSION_TOUCH_SECONDS,
  SIGN_IN_LINK_LIFETIME_SECONDS,
} from '../../core/limits.ts'
import { digestOfKey } from '../../core/model/token-key.ts'
import { setPassword } from '../../core/operations/set-password.ts'
import { createSignInCodes } from '../../http/sign-in-codes.ts'

const PASSWORD = 'correct horse battery staple'
const OTHER = 'a different long password'
const PAGE = { 'sec-fetch-site': 'same-origin' }

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE'

/** A registry in which ada has a password, and a browser that asks it. */
async function scene(t: TestContext) {
  const world = await testApp(t)
  const { app, registry, admin } = world
  let cookie: string | undefined
  const set = { username: 'ada', password: PASSWORD, current: null, session: null }
  await setPassword(registry, admin, set)
  async function ask(
    method: Method,
    path: string,
    payload?: object,
    headers: Record<string, string> = PAGE,
  ): Promise<LightMyRequestResponse> {
    const answer = await app.inject({
      method,
      url: `/api/v1${path}`,
      headers: { ...headers, ...(cookie === undefined ? {} : { cookie }) },
      ...(payload === undefined ? {} : { payload }),
    })
    const [given] = String(answer.headers['set-cookie'] ?? '').split(';')
    if (answer.headers['set-cookie'] !== undefined)
      cookie = given?.endsWith('=') ? undefined : given
    return answer
  }
  const signIn = (username = 'ada', password = PASSWORD) =>
    ask('POST', '/session', { username, password })
  const become = (other: string | undefined) => {
    const before = cookie
    cookie = other
    return before
  }
  return { ...world, ask, signIn, become }
}

test('a name and its password begin a session, which says so and can be ended', async (t) => {
  const { ask, signIn, become, registry } = await scene(t)
  const answer = await signIn()
  assert.equal(answer.statusCode, 201)
  const { user, signedInBy, hasPassword, sessionExpiresAt } = answer.json()
  assert.deepEqual([user.username, signedInBy, hasPassword], ['ada', 'session', true])
  assert.ok(Date.parse(sessionExpiresAt) > Date.now())
  const header = String(answer.headers['set-cookie'])
  assert.match(
    header,
    /^__Host-greenroom=[0-9a-f]{64}; Max-Age=2592000; Path=\/; Secure; HttpOnly; SameSite=Lax$/,
  )
  assert.equal((await ask('GET', '/me')).json().user.username, 'ada')
  const key = /=([0-9a-f]+)/.exec(header)?.[1] ?? ''
  const stored = await registry.metadata.read((tx) => tx.signIns.findSession(digestOfKey(key)))
  assert.ok(
    stored !== undefined && !JSON.stringify(stored).includes(key),
    'only its digest is kept',
  )
  const mine = become(undefined)
  assert.equal((await ask('GET', '/me')).statusCode, 401)
  become(mine)
  const ended = await ask('DELETE', '/session')
  assert.equal(ended.statusCode, 204)
  assert.match(String(ended.headers['set-cookie']), /^__Host-greenroom=; Max-Age=0;/)
  become(mine)
  assert.equal((await ask('GET', '/me')).statusCode, 401, 'at once')
  assert.equal((await ask('DELETE', '/session')).statusCode, 204, 'and again without harm')
})

test('signing out everywhere ends every session of that user, and of no other', async (t) => {
  const { ask, signIn, become } = await scene(t)
  await signIn()
  const laptop = become(undefined)
  await signIn()
  const phone = become(undefined)
  become(laptop)
  assert.equal((await ask('DELETE', '/session?everywhere=true')).statusCode, 204)
  for (const cookie of [laptop, phone]) {
    become(cookie)
    assert.equal((await ask('GET', '/me')).statusCode, 401)
  }
  // Who is out already ends nobody else.
  assert.equal((await signIn()).statusCode, 201)
  const fresh = become(laptop)
  await ask('DELETE', '/session?everywhere=true')
  become(fresh)
  assert.equal((await ask('GET', '/me')).statusCode, 200)
})

test('one sentence for an unknown name, no password and a wrong one', async (t) => {
  const { signIn } = await scene(t)
  const answers = [await signIn('nobody'), await signIn('admin'), await signIn('ada', OTHER)]
  for (const answer of answers) {
    assert.equal(answer.statusCode, 401)
    assert.equal(answer.headers['set-cookie'], undefined)
  }
  assert.equal(new Set(answers.map((answer) => answer.json().detail)).size, 1)
})

test('who guesses is held up, whatever the name', async (t) => {
  const { signIn } = await scene(t)
  for (let tries = 0; tries < 10; tries++)
    assert.equal((await signIn(`guess${tries}`)).statusCode, 401)
  const answer = await signIn()
  assert.equal(answer.statusCode, 429)
  assert.equal(answer.json().code, 'rate_limited')
  assert.ok(Number(answer.headers['retry-after']) > 0)
})

test('a session changes nothing for a page of another origin', async (t) => {
  const { ask, signIn } = await scene(t)
  await signIn()
  const put = (headers: Record<string, string>) =>
    ask('POST', '/projects', { name: `p${Math.random()}` }, headers)
  const host = { host: 'models.example.com' }
  assert.equal((await put(PAGE)).statusCode, 200)
  assert.equal((await put({ ...host, origin: 'https://models.example.com' })).statusCode, 200)
  for (const headers of [
    {},
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
    { 'sec-fetch-site': 'none' },
    { ...host, origin: 'https://evil.example' },
    { ...host, origin: 'null' },
    { ...host, origin: 'https://models.example.com', 'sec-fetch-site': 'cross-site' },
  ]) {
    const answer = await put(headers)
    assert.equal(answer.statusCode, 403, JSON.stringify(headers))
    assert.equal(answer.json().code, 'forbidden')
  }
  assert.equal((await ask('GET', '/me', undefined, {})).statusCode, 200, 'reading is no change')
})

test('nor can another origin sign somebody in or out', async (t) => {
  const { ask } = await scene(t)
  for (const headers of [
    {},
    { 'sec-fetch-site': 'cross-site' },
    { origin: 'https://evil.example' },
  ]) {
    const body = { username: 'ada', password: PASSWORD }
    assert.equal((await ask('POST', '/session', body, headers)).statusCode, 403)
    assert.equal((await ask('DELETE', '/session', undefined, headers)).statusCode, 403)
  }
})

test('a key beside a cookie counts alone, and needs no page', async (t) => {
  const { ask, signIn } = await scene(t)
  await signIn()
  const answer = await ask('GET', '/me', undefined, { authorization: `Bearer ${ADMIN_KEY}` })
  assert.deepEqual(
    [answer.json().user.username, answer.json().signedInBy, answer.json().sessionExpiresAt],
    ['admin', 'key', null],
  )
  const wrong = await ask('GET', '/me', undefined, { authorization: 'Bearer wrong' })
  assert.equal(wrong.statusCode, 401)
})

test('where a browser would not keep the cookie, that is said', async (t) => {
  const { ask } = await scene(t)
  const body = { username: 'ada', password: PASSWORD }
  const from = (origin: string) => ask('POST', '/session', body, { ...PAGE, origin })
  const refused = await from('http://models.example.com:4747')
  assert.equal(refused.statusCode, 403)
  assert.match(refused.json().detail, /HTTPS/)
  for (const origin of [
    'http://localhost:4747',
    'http://127.0.0.1:1',
    'http://[::1]:1',
    'https://x.y',
  ])
    assert.equal((await from(origin)).statusCode, 201, origin)
})

test('a new password ends every session; the one that asked goes on under another', async (t) => {
  const { ask, signIn, become, app } = await scene(t)
  await signIn()
  const elsewhere = become(undefined)
  await signIn()
  const path = '/users/ada/password'
  assert.equal((await ask('PUT', path, { password: OTHER })).statusCode, 403, 'current is missing')
  const wrong = await ask('PUT', path, { password: OTHER, current: OTHER })
  assert.equal(wrong.statusCode, 403)
  const short = await ask('PUT', path, { password: 'short', current: PASSWORD })
  assert.equal(short.json().code, 'request_invalid')
  const before = become(undefined)
  become(before)
  const done = await ask('PUT', path, { password: OTHER, current: PASSWORD })
  assert.equal(done.statusCode, 204)
  assert.equal((await ask('GET', '/me')).json().user.username, 'ada')
  for (const old of [elsewhere, before]) {
    become(old)
    assert.equal((await ask('GET', '/me')).statusCode, 401)
  }
  become(undefined)
  assert.equal((await signIn('ada', PASSWORD)).statusCode, 401)
  assert.equal((await signIn('ada', OTHER)).statusCode, 201)
  const byKey = await app.inject({
    method: 'PUT',
    url: '/api/v1/users/admin/password',
    headers: { authorization: `Bearer ${USER_KEY}` },
    payload: { password: OTHER },
  })
  assert.equal(byKey.json().code, 'forbidden', "nobody but an administrator sets another's")
})

test('a sign-in link is good once, for a while, and until the password changes', async (t) => {
  const { ask, become, context, registry, admin, user } = await scene(t)
  const { signInCodes } = context
  const open = (code: string) => ask('POST', '/session', { code })
  const code = signInCodes.make(admin.userId)
  const answer = await open(code)
  assert.deepEqual([answer.statusCode, answer.json().hasPassword], [201, false])
  const chosen = await ask('PUT', '/users/admin/password', { password: PASSWORD })
  assert.equal(chosen.statusCode, 204, 'the first password needs no other')
  become(undefined)
  assert.equal((await open(code)).statusCode, 401, 'once')
  const forgotten = signInCodes.make(user.userId)
  assert.equal((await open(forgotten)).statusCode, 201)
  const unused = signInCodes.make(user.userId)
  const again = await ask('PUT', '/users/ada/password', { password: OTHER })
  assert.equal(again.statusCode, 204, 'who came by a link may have forgotten the old one')
  become(undefined)
  assert.equal((await open(unused)).statusCode, 401, 'made before the password')
  const earlier = (seconds: number) => () => registry.now() - seconds * 1_000_000
  const key = await registry.metadata.read((tx) => tx.settings.find('link-key'))
  const old = createSignInCodes(
    Buffer.from(key ?? '', 'hex'),
    earlier(SIGN_IN_LINK_LIFETIME_SECONDS + 1),
  )
  assert.equal((await open(old.make(99))).statusCode, 401, 'nobody')
  assert.equal((await open(old.make(user.userId))).statusCode, 401, 'too old')
  const fresh = signInCodes.make(user.userId)
  const forged = `${admin.userId}${fresh.slice(String(user.userId).length)}`
  for (const wrong of [forged, `${fresh}x`, fresh.slice(0, -1), 'x', `${fresh.slice(0, -1)}é`])
    assert.equal((await open(wrong)).statusCode, 401)
})

test('a session ends unused, or when its time is over, and notes its use', async (t) => {
  const { app, registry, signIn } = await scene(t)
  const answer = await signIn()
  const key = /=([0-9a-f]+)/.exec(String(answer.headers['set-cookie']))?.[1] ?? ''
  const { now } = registry
  let later = 0
  Object.assign(registry, { now: () => now() + later * 1_000_000 })
  const isIn = async () => {
    const headers = { cookie: `theme=dark; __Host-greenroom=${key}` }
    return (await app.inject({ url: '/api/v1/me', headers })).statusCode === 200
  }
  const usedAt = async () =>
    (await registry.metadata.read((tx) => tx.signIns.findSession(digestOfKey(key))))?.session.usedAt
  const first = await usedAt()
  later = SESSION_TOUCH_SECONDS - 60
  assert.ok((await isIn()) && (await usedAt()) === first, 'a read is no write')
  later = SESSION_TOUCH_SECONDS + 60
  for (; later < SESSION_LIFETIME_SECONDS - 60; later += SESSION_IDLE_SECONDS - 60)
    assert.ok(await isIn(), 'used within a week each time')
  later = SESSION_LIFETIME_SECONDS + 1
  assert.ok(!(await isIn()), 'no use makes it last for ever')
  later = 0
  const another = await signIn()
  assert.equal(another.statusCode, 201)
})

test('what is not a cookie of ours is none', async (t) => {
  const { app } = await scene(t)
  for (const cookie of [
    '__Host-greenroom=',
    '__Host-greenroom=x',
    '=',
    ';;',
    `greenroom=${'a'.repeat(64)}`,
  ])
    assert.equal((await app.inject({ url: '/api/v1/me', headers: { cookie } })).statusCode, 401)
})

test('neither a password nor a session is in the stream or the log', async (t) => {
  const { signIn, log, registry } = await scene(t)
  const answer = await signIn()
  const key = /=([0-9a-f]+)/.exec(String(answer.headers['set-cookie']))?.[1] ?? ''
  const events = await registry.metadata.read((tx) => tx.events.page({ after: 0, limit: 1000 }))
  const kinds = events.map(({ kind }) => kind)
  assert.ok(kinds.includes('password.changed') && kinds.includes('session.begun'))
  const told = JSON.stringify(events) + log.join('')
  for (const secret of [PASSWORD, key, '$argon2id']) assert.ok(!told.includes(secret))
})

test('who was removed is out, and a limited token gets itself no session', async (t) => {
  const { ask, signIn, context, registry, user } = await scene(t)
  await signIn()
  const code = context.signInCodes.make(user.userId)
  const scope = { verbs: ['administer'] as const, owner: 'x', collection: '*', alias: '*' }
  const limited = { ...user, rights: { ...user.rights, scope } }
  const wish = { username: 'ada', password: OTHER, current: PASSWORD, session: null }
  await assert.rejects(setPassword(registry, limited, wish), /limited token/)
  await registry.metadata.transaction(async (tx) => {
    const ada = await tx.users.find('ada')
    if (ada !== undefined) await tx.users.update({ ...ada, removedAt: registry.now() })
  })
  assert.equal((await ask('GET', '/me')).statusCode, 401)
  assert.equal((await signIn()).statusCode, 401)
  assert.equal((await ask('POST', '/session', { code })).statusCode, 401)
})
