import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { type IncomingMessage, request } from 'node:http'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { type TestContext, test } from 'node:test'
import { fileURLToPath } from 'node:url'

const MAIN = fileURLToPath(new URL('./main.ts', import.meta.url))
/** What `npm test` has compiled already; nothing else of our surroundings. */
const { NODE_COMPILE_CACHE = '' } = process.env
const KEY = 'k'.repeat(40)

function folderFor(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'greenroom-main-'))
  t.after(() => rmSync(folder, { recursive: true }))
  return folder
}

function greenroom(
  t: TestContext,
  argv: readonly string[],
  environment: Record<string, string> = {},
): ChildProcess {
  const child = spawn(process.execPath, [MAIN, ...argv], {
    env: { ...environment, NODE_COMPILE_CACHE },
  })
  t.after(() => child.kill('SIGKILL'))
  return child
}

/** Runs to its end. */
async function run(
  t: TestContext,
  argv: readonly string[],
  environment: Record<string, string> = {},
): Promise<{ code: number; out: string; err: string }> {
  const child = greenroom(t, argv, environment)
  const out: string[] = []
  const err: string[] = []
  child.stdout?.on('data', (chunk) => out.push(String(chunk)))
  child.stderr?.on('data', (chunk) => err.push(String(chunk)))
  const [code] = await once(child, 'close')
  return { code, out: out.join(''), err: err.join('') }
}

interface Serving {
  readonly child: ChildProcess
  readonly url: string
  readonly lines: string[]
}

/** Starts and waits for the line that says where it serves. */
async function serve(
  t: TestContext,
  folder: string,
  environment: Record<string, string> = {},
): Promise<Serving> {
  const child = greenroom(t, ['serve', '--data', folder, '--port', '0'], environment)
  const lines: string[] = []
  child.stderr?.on('data', (chunk) => lines.push(String(chunk)))
  assert.ok(child.stdout)
  for await (const line of createInterface({ input: child.stdout })) {
    lines.push(line)
    const { msg, url } = JSON.parse(line)
    if (msg === 'serving') return { child, url, lines }
  }
  throw new Error(`did not serve: ${lines.join('\n')}`)
}

async function stop({ child }: Serving, signal: NodeJS.Signals): Promise<number> {
  child.kill(signal)
  const [code] = await once(child, 'exit')
  return code
}

test('the first start writes the first key for the server alone', async (t) => {
  const folder = folderFor(t)
  const first = await serve(t, folder)
  const path = join(folder, 'admin.key')
  assert.equal(statSync(path).mode & 0o777, 0o600)
  const key = readFileSync(path, 'utf8').trim()
  assert.match(key, /^hf_\w{40,}$/)
  assert.ok(first.lines.some((line) => line.includes(path)))
  assert.ok(!first.lines.join().includes(key))
  for (const where of ['/healthz', '/readyz', '/version'])
    assert.equal((await fetch(first.url + where)).status, 200, where)
  assert.equal((await fetch(`${first.url}/nothing`)).status, 404)
  assert.equal(await stop(first, 'SIGTERM'), 0)

  const second = await serve(t, folder)
  assert.equal(readFileSync(path, 'utf8').trim(), key)
  assert.equal(await stop(second, 'SIGINT'), 0)
})

test('a given key is the key of "admin", and no file is written', async (t) => {
  const folder = folderFor(t)
  const serving = await serve(t, folder, { GREENROOM_ADMIN_KEY: KEY })
  assert.throws(() => statSync(join(folder, 'admin.key')))
  assert.ok(!serving.lines.join().includes(KEY))
  assert.equal(await stop(serving, 'SIGTERM'), 0)
})

test('the first start leaves a sign-in link, and the command makes more', async (t) => {
  const folder = folderFor(t)
  const serving = await serve(t, folder)
  const path = join(folder, 'sign-in-link')
  assert.equal(statSync(path).mode & 0o777, 0o600)
  const first = readFileSync(path, 'utf8').trim()
  assert.ok(!serving.lines.join().includes(first))
  const open = async (link: string) => {
    const [page = '', code = ''] = link.trim().split('#code=')
    assert.ok(page.endsWith('/sign-in'), link)
    return fetch(`${serving.url}/api/v1/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: serving.url },
      body: JSON.stringify({ code }),
    })
  }
  const answer = await open(first)
  assert.equal(answer.status, 201)
  const cookie = answer.headers.getSetCookie()[0]?.split(';')[0] ?? ''
  const chosen = await fetch(`${serving.url}/api/v1/users/admin/password`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json', origin: serving.url, cookie },
    body: JSON.stringify({ password: 'correct horse battery' }),
  })
  assert.equal(chosen.status, 204)
  const another = await run(t, ['sign-in-link', '--data', folder])
  assert.equal(another.code, 0)
  assert.equal((await open(another.out)).status, 201)
  const nobody = await run(t, ['sign-in-link', 'nobody', '--data', folder])
  assert.deepEqual([nobody.code, nobody.out], [2, ''])
  assert.match(nobody.err, /no user "nobody"/)
  assert.equal(await stop(serving, 'SIGTERM'), 0)

  rmSync(path)
  assert.equal(await stop(await serve(t, folder), 'SIGTERM'), 0)
  assert.throws(() => statSync(path), 'a later start leaves none')
})

test('a second server on one folder is refused with a sentence', async (t) => {
  const folder = folderFor(t)
  const first = await serve(t, folder)
  const second = await run(t, ['serve', '--data', folder, '--port', '0'])
  assert.equal(second.code, 1)
  assert.match(second.err, /^The data folder .* is in use by another server\. .*--data\.\n$/)
  assert.equal((await fetch(`${first.url}/readyz`)).status, 200)
})

test('a killed server leaves nothing that hinders the next one', async (t) => {
  const folder = folderFor(t)
  const killed = await serve(t, folder)
  await stop(killed, 'SIGKILL')
  assert.equal(await stop(await serve(t, folder), 'SIGTERM'), 0)
})

test('a port that is taken is refused with a sentence', async (t) => {
  const taken = createServer().listen(0, '127.0.0.1')
  t.after(() => taken.close())
  await once(taken, 'listening')
  const address = taken.address()
  assert.ok(address !== null && typeof address === 'object')
  const port = String(address.port)
  const refused = await run(t, ['serve', '--data', folderFor(t), '--port', port])
  assert.equal(refused.code, 1)
  assert.match(
    refused.err,
    new RegExp(`^Port ${port} on 127\\.0\\.0\\.1 is taken\\. .*--port\\.\n$`),
  )
})

test('a database that is away is refused with a sentence', async (t) => {
  const database = 'postgres://nobody:s3cret@127.0.0.1:1/none'
  const argv = ['serve', '--data', folderFor(t), '--port', '0', '--database', database]
  const refused = await run(t, argv)
  assert.equal(refused.code, 1)
  assert.match(refused.err, /^The database cannot be used: connect ECONNREFUSED /)
  assert.match(refused.err, /Check that it runs, and that .*GREENROOM_DATABASE_URL names it\.\n$/)
  assert.ok(!refused.err.includes('s3cret'))
  assert.ok(!refused.err.includes('    at '), refused.err)
})

test('settings are shown with their source, and faults end it with code 1', async (t) => {
  const shown = await run(t, ['config', '--port', '0'], { GREENROOM_ADMIN_KEY: KEY })
  assert.equal(shown.code, 0)
  assert.match(shown.out, /^port +0 +--port$/m)
  assert.match(shown.out, /^admin-key +\(hidden\) +GREENROOM_ADMIN_KEY$/m)
  assert.match((await run(t, ['version'])).out, /^\d+\.\d+\.\d+\n$/)
  const wrong = await run(t, ['config'], { GREENROOM_PROT: '1' })
  assert.deepEqual([wrong.code, wrong.out], [1, ''])
  assert.match(wrong.err, /Did you mean GREENROOM_PORT\?\n$/)
  assert.equal((await run(t, ['dance'])).code, 1)
})

/** Begins a version of one file of `size` bytes; gives the link for its bytes. */
async function uploadLink(url: string, bytes: Buffer): Promise<string> {
  const digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}`
  const headers = { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' }
  const post = (path: string, body: object) =>
    fetch(`${url}/api/v1${path}`, { method: 'POST', headers, body: JSON.stringify(body) })
  await post('/projects', { name: 'demo' })
  const entries = [{ path: 'model.bin', digest, size: bytes.length }]
  const body = { type: 'model', entries }
  const answer = await post(`/projects/admin/demo/collections/x${bytes.length}/versions`, body)
  const draft = (await answer.json()) as { uploads: readonly { url: string }[] }
  return draft.uploads[0]?.url ?? ''
}

test('told to stop, it finishes the upload that runs, and begins none', async (t) => {
  const serving = await serve(t, folderFor(t), { GREENROOM_ADMIN_KEY: KEY })
  const bytes = Buffer.alloc(200_000, 'x')
  const link = await uploadLink(serving.url, bytes)
  const other = await uploadLink(serving.url, Buffer.from('another'))
  const watched = await fetch(`${serving.url}/api/v1/events/watch`, {
    headers: { authorization: `Bearer ${KEY}` },
  })
  const upload = request(link, { method: 'PUT', headers: { 'content-length': bytes.length } })
  upload.write(bytes.subarray(0, 100_000))
  // Two requests at once on one connection, of which the server has read the first half of one.
  const kept = connect(Number(new URL(serving.url).port), '127.0.0.1').setEncoding('utf8')
  kept.write('GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\nPUT ')
  await once(kept, 'data')
  const exited = once(serving.child, 'exit')
  serving.child.kill('SIGTERM')
  for await (const _ of watched.body ?? []) {
    // Whoever watches is told by the end of the stream.
  }
  let late = ''
  kept.on('data', (chunk) => {
    late += chunk
  })
  kept.end(
    `${new URL(other).pathname} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 7\r\n\r\nanother`,
  )
  await once(kept, 'close')
  assert.match(late, /^HTTP\/1\.1 503 .*retry-after: 2.*"registry_unavailable"/is)
  await assert.rejects(fetch(`${serving.url}/healthz`), 'no new connection')
  upload.end(bytes.subarray(100_000))
  const [answer] = (await once(upload, 'response')) as [IncomingMessage]
  assert.equal(answer.statusCode, 200)
  answer.resume()
  assert.deepEqual(await exited, [0, null])
})
