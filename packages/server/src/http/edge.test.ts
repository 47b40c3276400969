import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { type TestContext, test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import { type FastifyInstance, fastify } from 'fastify'
import { ADMIN_KEY, testApp, USER_KEY } from '../../test/test-app.ts'
import { answerProblem } from './problem.ts'
import { cutSlowBodies } from './slow-bodies.ts'

// What stands between the network and the protocols, over real connections.

function portOf(url: string): number {
  return Number(new URL(url).port)
}

/** One raw request: `fetch` would correct what these are wrong about. */
async function ask(
  port: number,
  head: string,
): Promise<{ readonly status: number; readonly text: string }> {
  const socket = connect(port, '127.0.0.1')
  socket.end(`${head}\r\nConnection: close\r\n\r\n`)
  const text = await textOf(socket)
  return { status: Number(text.split(' ')[1]), text }
}

async function textOf(socket: Socket): Promise<string> {
  let text = ''
  for await (const chunk of socket.setEncoding('utf8')) text += chunk
  return text
}

test('it answers under its own names and addresses, and under no other', async (t) => {
  const { url } = await testApp(t, { listen: true })
  const port = portOf(url)
  const head = (host: string, path = '/version') => `GET ${path} HTTP/1.1\r\nHost: ${host}`
  for (const host of [
    '127.0.0.1',
    `127.0.0.1:${port}`,
    'localhost:1',
    'LOCALHOST',
    'localhost.',
    '[::1]:4747',
    '192.0.2.7:80',
    '[2001:db8::1]',
    'models.example.com',
    'Models.Example.COM:443',
  ])
    assert.equal((await ask(port, head(host))).status, 200, host)
  for (const host of [
    'evil.example',
    'evil.example:4747',
    'localhost.evil.example',
    'models.example.com.evil.example',
    'evil.example/models.example.com',
    'models.example.com@evil.example',
    '127.0.0.1.nip.io',
    '[::1',
    'a b',
    '',
  ]) {
    const { status, text } = await ask(port, head(host))
    assert.equal(status, 400, host)
    assert.ok(!text.includes('greenroom'), 'nothing of the answer')
  }
  const refused = await ask(port, head('evil.example'))
  assert.match(refused.text, /"code":"request_invalid"/)
  assert.match(refused.text, /--allowed-hosts/)
  assert.equal((await ask(port, 'GET /version HTTP/1.0')).status, 400, 'no name at all')
  assert.equal((await ask(port, head('any.name.of.a.probe', '/healthz'))).status, 200)
})

test('a compressed body is refused as what it is, and never unpacked', async (t) => {
  const { url } = await testApp(t, { listen: true })
  const post = (path: string, body: string, encoding: string) =>
    fetch(url + path, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${ADMIN_KEY}`,
        'content-type': 'application/json',
        'content-encoding': encoding,
      },
      body: encoding === 'gzip' ? gzipSync(body) : body,
    })
  for (const path of ['/api/v1/projects', '/graphql', '/files/admin/p/r/file_stream']) {
    const answer = await post(path, '{}', 'gzip')
    assert.equal(answer.status, 400, path)
    assert.match(await answer.text(), /without Content-Encoding/, path)
  }
  assert.equal((await post('/api/v1/projects', '{"name":"plain"}', 'identity')).status, 200)
})

test('no other origin is ever allowed to read', async (t) => {
  const { url } = await testApp(t, { listen: true })
  const origin = 'https://evil.example'
  const preflight = await fetch(`${url}/api/v1/me`, {
    method: 'OPTIONS',
    headers: { origin, 'access-control-request-method': 'GET' },
  })
  assert.equal(preflight.status, 404)
  const authorization = `Bearer ${ADMIN_KEY}`
  const answer = await fetch(`${url}/api/v1/me`, { headers: { origin, authorization } })
  assert.equal(answer.status, 200)
  for (const { headers } of [preflight, answer]) {
    const names = [...headers.keys()].filter((name) => name.startsWith('access-control'))
    assert.deepEqual(names, [])
    assert.equal(headers.get('cross-origin-resource-policy'), 'same-origin')
    assert.equal(headers.get('x-content-type-options'), 'nosniff')
    assert.equal(headers.get('referrer-policy'), 'no-referrer')
    assert.equal(
      headers.get('content-security-policy'),
      "default-src 'none'; frame-ancestors 'none'",
    )
  }
})

test('a token has so many requests, then it waits; no other does', async (t) => {
  // The next one is due half a minute later, which no machine takes for these.
  const { url } = await testApp(t, { listen: true, requestsPerMinute: 2 })
  const me = (key: string) =>
    fetch(`${url}/api/v1/me`, { headers: { authorization: `Bearer ${key}` } })
  for (let asked = 0; asked < 2; asked++) assert.equal((await me(ADMIN_KEY)).status, 200)
  const answer = await me(ADMIN_KEY)
  assert.equal(answer.status, 429)
  assert.ok(Number(answer.headers.get('retry-after')) >= 1)
  const { code, detail } = (await answer.json()) as { code: string; detail: string }
  assert.equal(code, 'rate_limited')
  assert.match(detail, /2 requests a minute/)
  assert.equal((await me(USER_KEY)).status, 200)
  assert.equal((await fetch(`${url}/readyz`)).status, 200)
})

interface SlowServer {
  readonly connect: () => Promise<Sender>
  /** Lets time pass for the server, in milliseconds. */
  readonly pass: (milliseconds: number) => void
}

interface Sender {
  /** Resolves when the server has read it. */
  readonly send: (text: string) => Promise<void>
  readonly answer: Promise<string>
  readonly isAnswered: () => boolean
}

/** Time stands still between what a test lets pass: a busy machine cuts nobody off. */
async function slowServer(t: TestContext): Promise<SlowServer> {
  const app = fastify()
  app.setErrorHandler(answerProblem)
  cutSlowBodies(app, { graceMilliseconds: 150, bytesPerSecond: 1_000 })
  app.post('/held', async ({ body }) => ({ bytes: JSON.stringify(body).length }))
  const streams = { config: { streamsBody: true } }
  app.register(async (inner) => {
    inner.removeAllContentTypeParsers()
    inner.addContentTypeParser('*', (_request, _body, done) => done(null))
    inner.put('/streamed', streams, async (asked) => {
      let bytes = 0
      for await (const chunk of asked.raw) bytes += chunk.length
      return { bytes }
    })
  })
  t.after(() => app.close())
  const port = portOf(await app.listen({ host: '127.0.0.1', port: 0 }))
  let now = 0
  t.mock.timers.enable({ apis: ['setTimeout'] })
  t.mock.method(performance, 'now', () => now)
  const pass = (milliseconds: number) => {
    now += milliseconds
    t.mock.timers.tick(milliseconds)
  }
  return { connect: () => connectTo(app, port), pass }
}

async function connectTo({ server }: FastifyInstance, port: number): Promise<Sender> {
  const socket = connect(port, '127.0.0.1')
  const [[far]] = await Promise.all([once(server, 'connection'), once(socket, 'connect')])
  socket.on('error', () => {})
  let isAnswered = false
  const answer = textOf(socket).finally(() => {
    isAnswered = true
  })
  let sent = 0
  const send = async (text: string) => {
    if (socket.destroyed) return
    socket.write(text)
    sent += text.length
    while ((far as Socket).bytesRead < sent && !isAnswered) await turn()
    // What it does with them.
    await turn()
  }
  return { send, answer, isAnswered: () => isAnswered }
}

/** Sends `parts` with a pause before each but the first. */
async function dribble(
  { connect, pass }: SlowServer,
  method: string,
  path: string,
  parts: readonly string[],
  pauseMilliseconds: number,
): Promise<string> {
  const { send, answer } = await connect()
  const length = parts.join('').length
  const type = 'Content-Type: application/json\r\nConnection: close'
  await send(
    `${method} ${path} HTTP/1.1\r\nHost: x\r\n${type}\r\nContent-Length: ${length}\r\n\r\n`,
  )
  for (const [index, part] of parts.entries()) {
    if (index > 0) pass(pauseMilliseconds)
    await send(part)
  }
  return answer
}

test('a held body that dribbles in is broken off, with a sentence', async (t) => {
  const server = await slowServer(t)
  const text = await dribble(server, 'POST', '/held', ['{"a":', '1', '2', '3', '4', '5', '}'], 60)
  assert.match(text, /^HTTP\/1\.1 400 /)
  assert.match(text, /"code":"request_invalid"/)
  assert.match(text, /too slowly/)
  assert.match(text, /connection: close/i)
})

test('one that never comes, too; the server goes on', async (t) => {
  const server = await slowServer(t)
  const { send, answer, isAnswered } = await server.connect()
  await send(
    'POST /held HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n',
  )
  server.pass(149)
  for (let turns = 0; turns < 10; turns++) await turn()
  assert.ok(!isAnswered())
  server.pass(1)
  assert.match(await answer, /^HTTP\/1\.1 400 /)
  assert.match(await dribble(server, 'POST', '/held', ['{"a":1}'], 0), /^HTTP\/1\.1 200 /)
})

test('one that comes fast enough may take longer, and a streamed one for ever', async (t) => {
  const server = await slowServer(t)
  const parts = Array.from({ length: 6 }, () => 'x'.repeat(500))
  const quoted = ['"', ...parts, '"']
  assert.match(await dribble(server, 'POST', '/held', quoted, 60), /\{"bytes":3002\}/)
  assert.match(
    await dribble(server, 'PUT', '/streamed', ['a', 'b', 'c', 'd', 'e'], 60_000),
    /\{"bytes":5\}/,
  )
})
