import assert from 'node:assert/strict'
import { request } from 'node:http'
import { test } from 'node:test'
import fc from 'fast-check'
import { collectionPath, logVersion, restClient } from '../../../test/rest-client.ts'
import { ADMIN_KEY, type TestApp, testApp } from '../../../test/test-app.ts'
import { ERROR_CODES } from '../../core/errors.ts'
import { MAX_JSON_BODY_BYTES, MAX_METADATA_DEPTH } from '../../core/limits.ts'
import { digestOf } from '../../core/model/digest.ts'

// Input as bytes, beyond what a client could send: each is refused by code and sentence, nothing is
// stored, and nothing of the inside is told. (What is well-formed nonsense is in nonsense.test.ts.)

const PATH = collectionPath('c', 'admin')

/** How many facts there are: what was stored has one. */
async function factsOf({ registry }: TestApp): Promise<number> {
  const facts = await registry.metadata.read((tx) => tx.events.list({ after: 0, limit: 100_000 }))
  return facts.length
}

interface Sent {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH'
  readonly path: string
  readonly body?: string | Buffer
  readonly headers?: Readonly<Record<string, string>>
}

async function send({ app }: TestApp, { method = 'POST', path, body, headers }: Sent) {
  return app.inject({
    method,
    url: `/api/v1${path}`,
    headers: {
      authorization: `Bearer ${ADMIN_KEY}`,
      'content-type': 'application/json',
      ...headers,
    },
    ...(body === undefined ? {} : { payload: body }),
  })
}

/** Refused as the contract says, with nothing of the inside. */
function assertRefused(answer: Awaited<ReturnType<typeof send>>, what: string): void {
  assert.ok(answer.statusCode >= 400 && answer.statusCode < 500, `${what}: ${answer.statusCode}`)
  const { code, detail } = answer.json()
  assert.ok((ERROR_CODES as readonly string[]).includes(code), what)
  assert.match(detail, /^\S.*\.$/s, `${what}: a sentence`)
  assert.doesNotMatch(answer.body, /node_modules|\.ts:\d|at \w+ \(|SQLITE|FST_ERR/, what)
}

const deep = (levels: number) => `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`
const newVersion = (metadata: string) => `{"type":"model","metadata":${metadata}}`

const BODIES: Readonly<Record<string, string | Buffer>> = {
  'no JSON': '{"type":"model"',
  'two values': '{"type":"model"}{}',
  'a comment': '{"type":"model"/*x*/}',
  NaN: newVersion('{"a":NaN}'),
  Infinity: newVersion('{"a":-Infinity}'),
  'a number beyond a double': newVersion('{"a":1e999}'),
  'one of a thousand digits': newVersion(`{"a":${'9'.repeat(1_000)}}`),
  'no UTF-8': Buffer.from([...Buffer.from('{"type":"'), 0xff, 0xfe, ...Buffer.from('"}')]),
  'UTF-16': Buffer.from('{"type":"model"}', 'utf16le'),
  'an overlong slash': Buffer.from([0x22, 0xc0, 0xaf, 0x22]),
  'a surrogate in UTF-8': Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22]),
  '__proto__ above': '{"type":"model","__proto__":{"admin":true}}',
  '__proto__ in metadata': newVersion('{"a":{"__proto__":{"admin":true}}}'),
  '__proto__ by escape': newVersion('{"\\u005f_proto__":{"admin":true}}'),
  'constructor.prototype': '{"type":"model","constructor":{"prototype":{"admin":true}}}',
  'a lone surrogate': newVersion('{"a":"\\ud800"}'),
  'a lone surrogate as a name': newVersion('{"\\udc00":1}'),
  'U+0000': newVersion('{"a":"x\\u0000"}'),
  'U+0000 far down': newVersion('{"a":[[{"b":"\\u0000"}]]}'),
  'metadata too deep': newVersion(deep(MAX_METADATA_DEPTH + 1)),
  'a body too deep': newVersion(deep(60_000)),
  'arrays too deep': `${'['.repeat(100_000)}${']'.repeat(100_000)}`,
  'metadata that is a list': newVersion('[]'),
  'a huge TTL': '{"type":"model","ttlSeconds":1e15}',
  'a broken TTL': '{"type":"model","ttlSeconds":0.5}',
  'one byte too many': `"${'x'.repeat(MAX_JSON_BODY_BYTES - 1)}"`,
}

test('no body of these begins a version', async (t) => {
  const app = await testApp(t)
  await logVersion(app, restClient(app, ADMIN_KEY), PATH, { w: 'x' })
  const facts = await factsOf(app)
  for (const [what, body] of Object.entries(BODIES))
    assertRefused(await send(app, { path: `${PATH}/versions`, body }), what)
  assert.equal(await factsOf(app), facts, 'nothing was stored')
  assert.equal(({} as { admin?: boolean }).admin, undefined)
})

test('no body of these changes one', async (t) => {
  const app = await testApp(t)
  await logVersion(app, restClient(app, ADMIN_KEY), PATH, { w: 'x' })
  const facts = await factsOf(app)
  const path = `${PATH}/versions/v0`
  for (const metadata of ['{"a":1e999}', '{"a":"\\u0000"}', '{"__proto__":1}', deep(40)]) {
    const body = `{"metadata":${metadata}}`
    assertRefused(await send(app, { method: 'PATCH', path, body }), metadata.slice(0, 40))
  }
  for (const reason of ['\\ud800', 'a\\u0000b']) {
    const put = { method: 'PUT', path: `${PATH}/aliases/a` } as const
    const body = `{"version":"v0","reason":"${reason}"}`
    assertRefused(await send(app, { ...put, body }), reason)
  }
  assert.equal(await factsOf(app), facts, 'nothing was stored')
})

test('encodings, types and lengths that are not what they say', async (t) => {
  const app = await testApp(t)
  const path = `${PATH}/versions`
  const good = '{"type":"model"}'
  for (const headers of [
    { 'content-type': 'text/plain' },
    { 'content-type': 'application/x-www-form-urlencoded' },
    { 'content-type': 'application/json; charset=utf-16', 'content-encoding': 'gzip' },
    { 'content-encoding': 'gzip' },
    { 'content-encoding': 'br' },
    { 'content-length': '3' },
  ]) {
    const answer = await send(app, { path, body: good, headers })
    if (headers['content-encoding'] === undefined || answer.statusCode >= 400)
      assertRefused(answer, JSON.stringify(headers))
  }
})

test('ranges: what is none gives all, what lies beyond is 416', async (t) => {
  const app = await testApp(t)
  await logVersion(app, restClient(app, ADMIN_KEY), PATH, { w: '0123456789' })
  const path = `${PATH}/versions/v0/files/w`
  const ask = (range: string) => send(app, { method: 'GET', path, headers: { range } })
  for (const range of ['bytes=-1-2', 'bytes=a-b', 'lines=0-1', 'bytes=0-1,3-4', 'bytes=5-2', ''])
    assert.equal((await ask(range)).statusCode, 200, range)
  for (const range of ['bytes=10-', `bytes=${'9'.repeat(400)}-`, 'bytes=-0']) {
    const answer = await ask(range)
    assert.equal(answer.statusCode, 416, range.slice(0, 40))
    assertRefused(answer, range.slice(0, 40))
  }
  assert.equal((await ask(`bytes=0-${'9'.repeat(400)}`)).body, '0123456789')
})

test('digests are 64 small hex digits of SHA-256, and no other', async (t) => {
  const app = await testApp(t)
  const facts = await factsOf(app)
  const right = digestOf('x')
  for (const digest of [
    '',
    'sha256:',
    right.slice(0, -1),
    `${right}0`,
    right.toUpperCase(),
    right.replace('sha256', 'SHA256'),
    right.replace('sha256', 'md5'),
    ` ${right}`,
    `${right}\n`,
    `sha256:${'g'.repeat(64)}`,
    `sha256:../../../../etc/passwd${'0'.repeat(42)}`,
  ]) {
    const body = JSON.stringify({ type: 'model', entries: [{ path: 'a', digest, size: 1 }] })
    assertRefused(await send(app, { path: `${PATH}/versions`, body }), digest)
  }
  assert.equal(await factsOf(app), facts, 'nothing was stored')
})

// ---------- paths of a manifest ----------

const BAD_PARTS = ['..', '.', '', '\u0000', '\u0007', '\u007f', '\u0085', '\u2028', '\\', 'a\\b']
const PLAIN_PARTS = [
  'a',
  'model.bin',
  '模型',
  '😀',
  'a b',
  '%2e%2e',
  '%2F',
  '%00',
  '...',
  '..a',
  'é',
]

/** What a manifest must never hold, whatever a client makes of it. */
const badPath = fc
  .tuple(
    fc.array(fc.constantFrom(...PLAIN_PARTS), { maxLength: 3 }),
    fc.constantFrom(...BAD_PARTS),
    fc.array(fc.constantFrom(...PLAIN_PARTS), { maxLength: 3 }),
  )
  .map(([before, bad, after]) => [...before, bad, ...after].join('/'))
const rootedPath = fc.constantFrom(
  '/etc/passwd',
  'C:/x',
  'c:x',
  'C:\\x',
  '\\\\server\\share',
  '//server/share',
  'a/',
  'x'.repeat(1_025),
  'é'.repeat(513),
  '\ud800',
  'a/\udfff',
)
const goodPath = fc
  .array(fc.constantFrom(...PLAIN_PARTS), { minLength: 1, maxLength: 5 })
  .map((parts) => parts.join('/'))

test('a path that could lead anywhere else is refused in every spelling', async (t) => {
  const app = await testApp(t)
  const facts = await factsOf(app)
  await fc.assert(
    fc.asyncProperty(fc.oneof(badPath, rootedPath), async (path) => {
      const entries = [{ path, digest: digestOf('x'), size: 1 }]
      const body = JSON.stringify({ type: 'model', entries })
      assertRefused(await send(app, { path: `${PATH}/versions`, body }), path)
    }),
    { numRuns: 150 },
  )
  assert.equal(await factsOf(app), facts, 'nothing was stored')
})

/** By a client that sends a path as it is: most would take the dots out first. */
function statusOf(url: string, path: string): Promise<number> {
  const headers = { authorization: `Bearer ${ADMIN_KEY}` }
  return new Promise((resolve, reject) => {
    const asked = request(url, { path, headers }, (answer) => {
      answer.resume().once('end', () => resolve(answer.statusCode ?? 0))
    })
    asked.once('error', reject).end()
  })
}

test('any other path comes back as it was sent, and only by its own spelling', async (t) => {
  const app = await testApp(t, { listen: true })
  const call = restClient(app, ADMIN_KEY)
  let number = 0
  await fc.assert(
    fc.asyncProperty(goodPath, async (path) => {
      number += 1
      const collection = collectionPath(`c${number}`, 'admin')
      await logVersion(app, call, collection, { [path]: `bytes of ${path}` })
      const encoded = path.split('/').map(encodeURIComponent).join('/')
      const at = (spelling: string) =>
        send(app, { method: 'GET', path: `${collection}/versions/v0/files/${spelling}` })
      const answer = await at(encoded)
      assert.deepEqual([answer.statusCode, answer.body], [200, `bytes of ${path}`], path)
      const header = String(answer.headers['content-disposition'])
      assert.match(header, /^attachment; filename="[\x20-\x7e]*"/)
      // Decoded once: what is encoded twice is another path, and there is none.
      const twice = encoded.split('/').map(encodeURIComponent).join('/')
      if (twice !== encoded) assert.ok([404, 422].includes((await at(twice)).statusCode), twice)
      for (const dots of [`../${encoded}`, `%2e%2e/${encoded}`, `${encoded}/..`, `./${encoded}`]) {
        const status = await statusOf(app.url, `/api/v1${collection}/versions/v0/files/${dots}`)
        assert.ok(status >= 400 && status < 500, dots)
      }
    }),
    { numRuns: 60 },
  )
})
