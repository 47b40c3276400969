import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { type TestContext, test } from 'node:test'
import { brotliCompressSync, brotliDecompressSync, gzipSync } from 'node:zlib'
import { testApp } from '../../test/test-app.ts'

const INDEX = '<!doctype html><title>Greenroom</title>'
const SCRIPT = 'console.log("page")'
const HTML = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' }

/** A built page, with a secret beside its folder. */
async function builtPage(t: TestContext) {
  const root = mkdtempSync(path.join(tmpdir(), 'greenroom-page-'))
  t.after(() => rmSync(root, { recursive: true }))
  const folder = path.join(root, 'dist')
  await mkdir(path.join(folder, 'assets'), { recursive: true })
  writeFileSync(path.join(root, 'secret.txt'), 'secret')
  writeFileSync(path.join(folder, 'index.html'), INDEX)
  writeFileSync(path.join(folder, 'assets/mark.svg'), '<svg/>')
  writeFileSync(path.join(folder, 'assets/index-Dq-v8LPh.js'), SCRIPT)
  writeFileSync(path.join(folder, 'assets/index-Dq-v8LPh.js.br'), brotliCompressSync(SCRIPT))
  writeFileSync(path.join(folder, 'assets/index-Dq-v8LPh.js.gz'), gzipSync(SCRIPT))
  return testApp(t, { pageFolder: folder })
}

test('the index answers every path that a browser may be sent to', async (t) => {
  const { app } = await builtPage(t)
  for (const url of ['/', '/sign-in', '/projects/ada/demo/collections/x?tab=board', '/%E6%A8%A1']) {
    const answer = await app.inject({ url, headers: HTML })
    assert.deepEqual([answer.statusCode, answer.body], [200, INDEX], url)
    assert.equal(answer.headers['content-type'], 'text/html; charset=utf-8')
    assert.equal(answer.headers['cache-control'], 'no-cache')
  }
  assert.equal((await app.inject('/')).body, INDEX, 'whoever asks')
  assert.equal((await app.inject({ method: 'HEAD', url: '/' })).body, '')
})

test('a link that the wandb client printed leads to its place', async (t) => {
  const { app } = await builtPage(t)
  const answer = await app.inject({ url: '/ada/demo/runs/x1', headers: HTML })
  assert.deepEqual(
    [answer.statusCode, answer.headers.location],
    [302, '/projects/ada/demo/runs/x1'],
  )
  const bare = await app.inject('/ada/demo/runs/x1')
  assert.equal(bare.statusCode, 404, 'for who is no browser there is nothing')
})

test('its policy allows nothing inline, nothing foreign and no frame', async (t) => {
  const { app } = await builtPage(t)
  const { headers } = await app.inject({ url: '/', headers: HTML })
  const policy = String(headers['content-security-policy'])
  for (const part of [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "require-trusted-types-for 'script'",
  ])
    assert.ok(policy.split('; ').includes(part), part)
  assert.ok(!policy.includes('unsafe'))
  assert.equal(headers['x-content-type-options'], 'nosniff')
  assert.equal(headers['x-frame-options'], 'DENY')
})

test('a file whose name tells its content is kept for ever, any other asked about', async (t) => {
  const { app } = await builtPage(t)
  const script = await app.inject('/assets/index-Dq-v8LPh.js')
  assert.deepEqual([script.statusCode, script.body], [200, SCRIPT])
  assert.match(String(script.headers['cache-control']), /immutable/)
  assert.equal(script.headers['content-type'], 'text/javascript; charset=utf-8')
  const mark = await app.inject('/assets/mark.svg')
  assert.equal(mark.headers['cache-control'], 'no-cache')
  const headers = { 'if-none-match': String(mark.headers.etag) }
  const again = await app.inject({ url: '/assets/mark.svg', headers })
  assert.deepEqual([again.statusCode, again.body], [304, ''])
})

test('it sends what the build has compressed to who takes it', async (t) => {
  const { app } = await builtPage(t)
  const ask = (coding: string) =>
    app.inject({ url: '/assets/index-Dq-v8LPh.js', headers: { 'accept-encoding': coding } })
  const small = await ask('gzip, deflate, br, zstd')
  assert.equal(small.headers['content-encoding'], 'br')
  assert.equal(brotliDecompressSync(small.rawPayload).toString(), SCRIPT)
  assert.equal((await ask('gzip')).headers['content-encoding'], 'gzip')
  assert.equal((await ask('br;q=0, gzip;q=0.5')).headers['content-encoding'], 'gzip')
  for (const coding of ['', 'identity', 'brr', 'br;q=0'])
    assert.equal((await ask(coding)).headers['content-encoding'], undefined, coding)
  assert.equal(small.headers.vary, 'accept-encoding')
  assert.equal((await app.inject('/assets/index-Dq-v8LPh.js.br')).statusCode, 404)
})

test('a protocol’s paths stay its own, and what is no navigation is not found', async (t) => {
  const { app } = await builtPage(t)
  const paths = ['/api', '/api/v1/none', '/API/v1', '/graphql', '/transfer/x', '/readyz/x']
  for (const url of paths) {
    const answer = await app.inject({ url, headers: HTML })
    assert.equal(answer.statusCode, 404, url)
    assert.equal(answer.json().code, 'not_found')
  }
  assert.equal((await app.inject('/sign-in')).statusCode, 404)
  assert.equal((await app.inject({ url: '/assets/gone-Dq-v8LPh.js' })).statusCode, 404)
  for (const method of ['POST', 'PUT', 'DELETE', 'PATCH'] as const)
    assert.equal((await app.inject({ method, url: '/', headers: HTML })).statusCode, 404)
})

test('no path leads out of the folder', async (t) => {
  const { app } = await builtPage(t)
  for (const url of [
    '/../secret.txt',
    '/assets/../../secret.txt',
    '/..%2fsecret.txt',
    '/%2e%2e/secret.txt',
    '/assets/%2e%2e%2f%2e%2e%2fsecret.txt',
    '/..%5csecret.txt',
    '/assets/..\\..\\secret.txt',
    '//secret.txt',
    '/%00/secret.txt',
  ]) {
    const answer = await app.inject({ url })
    assert.ok([400, 404].includes(answer.statusCode), url)
    assert.ok(!answer.body.includes('secret\n') && answer.body !== 'secret')
  }
})

test('without a built page the server says how to get one', async (t) => {
  const { app } = await testApp(t, { pageFolder: path.join(tmpdir(), 'greenroom-no-such-page') })
  const answer = await app.inject({ url: '/', headers: HTML })
  assert.equal(answer.statusCode, 200)
  assert.equal(answer.headers['content-type'], 'text/plain; charset=utf-8')
  assert.match(answer.body, /npm run build/)
  assert.equal((await app.inject({ url: '/sign-in', headers: HTML })).statusCode, 404)
})
