import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { type TestContext, test } from 'node:test'
import type { FastifyInstance } from 'fastify'
import { RegistryError } from '../core/errors.ts'
import type { Registry } from '../core/registry.ts'
import { createLog } from './log.ts'
import { createServer, drain } from './server.ts'

const PUBLIC = { config: { access: 'public' } } as const

/** These routes touch no store, so a registry of nothing but ids is enough. */
async function server(t: TestContext, lines: string[] = []): Promise<FastifyInstance> {
  const log = await createLog(
    { level: 'info', format: 'json' },
    { write: (line) => void lines.push(line) },
  )
  const app = createServer({ newId: () => 'fresh-id' } as unknown as Registry, {
    ...{
      log,
      pageFolder: null,
      placeOf: () => undefined,
      hostNames: [],
      requestsPerMinute: 0,
      trustedProxies: [],
    },
  })
  t.after(() => app.close())
  return app
}

async function port(app: FastifyInstance): Promise<number> {
  return Number(new URL(await app.listen({ host: '127.0.0.1', port: 0 })).port)
}

test('a route that declares no access does not start', async (t) => {
  const app = await server(t)
  assert.throws(() => app.get('/api/x', async () => 'open'), /declares no access/)
  app.register(async (inner) => void inner.get('/api/y', async () => 'open'))
  await assert.rejects(async () => app.ready(), /GET \/api\/y declares no access/)
})

test('a route whose first part could be an entity does not start', async (t) => {
  const app = await server(t)
  assert.throws(() => app.get('/mine/x', PUBLIC, async () => 'x'), /reserved-names/)
})

test('an unknown path is 404 for everybody, as a problem', async (t) => {
  const app = await server(t)
  app.get('/api/x', PUBLIC, async () => 'x')
  for (const url of ['/', '/nothing', '/api', '/api/x/']) {
    const answer = await app.inject({ url, headers: { authorization: 'Bearer wrong' } })
    assert.equal(answer.statusCode, 404, url)
    assert.equal(answer.headers['content-type'], 'application/problem+json; charset=utf-8')
    assert.equal(answer.json().code, 'not_found')
  }
  assert.equal((await app.inject({ method: 'PUT', url: '/api/x' })).statusCode, 404)
})

test('a refusal is a problem with its code; anything else hides its cause', async (t) => {
  const lines: string[] = []
  const app = await server(t, lines)
  app.get('/api/refused', PUBLIC, async () => {
    throw new RegistryError('version_deleted', 'Gone.', { deletedBy: 'ada' })
  })
  app.get('/api/away', PUBLIC, async () => {
    throw new RegistryError('registry_unavailable', 'Away.', {}, { cause: new Error('disk 7') })
  })
  app.get('/api/broken', PUBLIC, async () => {
    throw new Error('inner detail')
  })
  const refused = await app.inject('/api/refused')
  assert.deepEqual(refused.json(), {
    type: 'about:blank',
    title: 'Gone',
    status: 410,
    detail: 'Gone.',
    code: 'version_deleted',
    requestId: 'fresh-id',
    details: { deletedBy: 'ada' },
  })
  const away = await app.inject('/api/away')
  assert.equal(away.statusCode, 503)
  assert.match(String(away.headers['retry-after']), /^\d+$/)
  const broken = await app.inject('/api/broken')
  assert.equal(broken.statusCode, 500)
  assert.ok(!broken.body.includes('inner detail'))
  assert.ok(lines.some((line) => line.includes('inner detail')))
  assert.ok(lines.some((line) => line.includes('disk 7')))
})

test('the request id comes in when it is sane, and always goes out', async (t) => {
  const app = await server(t)
  app.get('/api/x', PUBLIC, async (request) => request.id)
  const ask = async (id: string) =>
    await app.inject({ url: '/api/x', headers: { 'x-request-id': id } })
  assert.equal((await ask('trace-1.2:3')).headers['x-request-id'], 'trace-1.2:3')
  for (const wrong of ['a b', '"', 'x'.repeat(65), '<script>'])
    assert.equal((await ask(wrong)).body, 'fresh-id', wrong)
})

test('every answer carries the security headers', async (t) => {
  const app = await server(t)
  const { headers } = await app.inject('/nothing')
  assert.equal(headers['x-content-type-options'], 'nosniff')
  assert.equal(headers['cache-control'], 'no-store')
  assert.match(String(headers['content-security-policy']), /default-src 'none'/)
})

test('a path is decoded once, and an encoded slash stays inside its part', async (t) => {
  const app = await server(t)
  app.get<{ Params: { name: string; '*': string } }>(
    '/api/:name/*',
    PUBLIC,
    async ({ params }) => params,
  )
  const ask = async (url: string) => (await app.inject(url)).json()
  assert.deepEqual(await ask('/api/a%2Fb/c%2Fd/e'), { name: 'a/b', '*': 'c/d/e' })
  assert.deepEqual(await ask('/api/a%252Fb/%2541'), { name: 'a%2Fb', '*': '%41' })
  assert.deepEqual(await ask('/api/%C3%A4%20%23%3F/x%2By+z'), { name: 'ä #?', '*': 'x+y+z' })
  assert.deepEqual(await ask(`/api/${'x'.repeat(8_000)}/y`), { name: 'x'.repeat(8_000), '*': 'y' })
  for (const url of ['/api/%zz/x', '/api/%C3/x', '/api/x/%'])
    assert.equal((await app.inject(url)).statusCode, 400, url)
})

test('a body is judged as it is: no unknown key dropped, no type bent', async (t) => {
  const app = await server(t)
  const schema = {
    body: {
      type: 'object',
      additionalProperties: false,
      properties: { count: { type: 'integer' }, reason: { type: 'string' } },
    },
    querystring: { type: 'object', properties: { limit: { type: 'integer' } } },
  }
  app.post('/api/x', { ...PUBLIC, schema }, async ({ body, query }) => ({ body, query }))
  const ask = async (payload: object) =>
    app.inject({ method: 'POST', url: '/api/x?limit=5', payload })
  assert.deepEqual((await ask({ count: 1 })).json(), { body: { count: 1 }, query: { limit: 5 } })
  for (const payload of [{ count: '1' }, { reason: null }, { other: 1 }]) {
    const answer = await ask(payload)
    assert.equal(answer.statusCode, 400, JSON.stringify(payload))
    assert.equal(answer.json().code, 'request_invalid')
  }
  const big = await ask({ reason: 'x'.repeat(1024 * 1024) })
  assert.equal(big.json().code, 'too_large')
  const text = {
    method: 'POST',
    url: '/api/x',
    headers: { 'content-type': 'a/b' },
    payload: 'x',
  } as const
  assert.equal((await app.inject(text)).statusCode, 400)
})

test('no secret of a request gets into the log', async (t) => {
  const lines: string[] = []
  const app = await server(t, lines)
  const key = `hf_${'k9'.repeat(24)}`
  app.get('/api/x', PUBLIC, async (request) => {
    request.log.info({ headers: request.headers, url: request.raw.url }, 'all of it')
    throw new Error(`broken by ${request.headers.authorization}`)
  })
  const basic = `Basic ${Buffer.from(`api:${key}`).toString('base64')}`
  for (const authorization of [`Bearer ${key}`, basic])
    await app.inject({ url: `/api/x?api_key=${key}`, headers: { authorization } })
  assert.ok(lines.length >= 6)
  assert.ok(!lines.join().includes('k9k9k9'))
  assert.ok(!lines.join().includes(basic.slice(6)))
})

test('draining answers what runs, and cuts it at the limit', async (t) => {
  const app = await server(t)
  let release = (_: string) => {}
  app.get(
    '/api/slow',
    PUBLIC,
    () =>
      new Promise<string>((resolve) => {
        release = resolve
      }),
  )
  const at = `http://127.0.0.1:${await port(app)}/api/slow`
  const answered = fetch(at)
  await once(app.server, 'request')
  const drained = drain(app, 60_000)
  release('done')
  assert.equal(await (await answered).text(), 'done')
  await drained

  const stuck = await server(t)
  stuck.get('/api/stuck', PUBLIC, () => new Promise(() => {}))
  const cut = fetch(`http://127.0.0.1:${await port(stuck)}/api/stuck`)
  const failed = assert.rejects(cut)
  await once(stuck.server, 'request')
  await drain(stuck, 20)
  await failed
})

test('timeouts: kept connections outlive load balancers, transfers are never cut', async (t) => {
  const { server: http } = await server(t)
  assert.ok(http.keepAliveTimeout >= 65_000)
  assert.equal(http.requestTimeout, 0)
  assert.ok(http.headersTimeout > 0 && http.headersTimeout <= 60_000)
  assert.ok(http.timeout > 0)
})

test('what is no HTTP is refused without a word of ours breaking', async (t) => {
  const app = await server(t)
  const socket = connect(await port(app), '127.0.0.1')
  socket.write('NONSENSE\r\n\r\n')
  const [answer] = await once(socket, 'data')
  assert.match(String(answer), /^HTTP\/1\.1 400 /)
  socket.destroy()
})
