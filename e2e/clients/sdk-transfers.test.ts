// Transfers of the SDK, as programs import it, against a started server.

import assert from 'node:assert/strict'
import { execFile, spawn } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, type TestContext, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import {
  type Client,
  type CollectionName,
  createClient,
  type PulledFiles,
  pull,
  pullSteps,
  pullVersion,
  push,
  pushSteps,
  resolve,
} from '@greenroom/sdk/node'
import { startCuttingProxy } from '../faults/cutting-proxy.ts'
import { type StartedServer, startServer } from '../server.ts'
import { ROOT } from '../setup.ts'

const MIB = 1024 * 1024

interface Setting {
  readonly server: StartedServer
  readonly client: Client
  readonly collection: CollectionName
  readonly folder: string
  /** Of transfers: a cache that nothing was in. */
  readonly options: { readonly cacheFolder: string }
}

/** One for all tests but that which stops it; each test has a collection of its own. */
const server = await startServer({ after } as TestContext)
let settings = 0

function openSetting(t: TestContext, server: StartedServer): Setting {
  const folder = mkdtempSync(path.join(tmpdir(), 'greenroom-sdk-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  return {
    server,
    client: createClient({ url: server.url, key: server.adminKey }),
    collection: {
      owner: { kind: 'project', entity: 'admin', name: 'demo' },
      name: `c${settings++}`,
    },
    folder,
    options: { cacheFolder: path.join(folder, 'cache') },
  }
}

function writeModel(folder: string, files: Readonly<Record<string, Buffer | string>>): string {
  const model = path.join(folder, 'model')
  for (const [name, bytes] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(model, name)), { recursive: true })
    writeFileSync(path.join(model, name), bytes)
  }
  return model
}

function contents(folder: string): Record<string, string> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
  return Object.fromEntries(
    files.map((file) => [
      path.relative(folder, file),
      createHash('sha256').update(readFileSync(file)).digest('hex'),
    ]),
  )
}

function cachedFiles({ options }: Setting): string[] {
  const blobs = path.join(options.cacheFolder, 'blobs')
  return Object.keys(contents(blobs)).map((name) => path.join(blobs, name))
}

async function pullTo(setting: Setting, name: string, client = setting.client) {
  const { collection, folder, options } = setting
  const version = await resolve(client, collection, 'latest')
  const into = path.join(folder, name)
  return { into, pulled: await pullVersion(client, version, into, options) }
}

test('a folder goes up, only what is missing, and comes down again', async (t) => {
  const setting = openSetting(t, server)
  const { client, collection, folder, options } = setting
  const shared = randomBytes(100_000)
  const model = writeModel(folder, {
    'config.json': '{}',
    'weights/a.bin': shared,
    'weights/the same.bin': shared,
    'weights/empty': '',
  })
  symlinkSync('a.bin', path.join(model, 'weights', 'link.bin'))
  const wishes = { type: 'model', aliases: ['staging'], metadata: { accuracy: 0.91 } }
  const first = await push(client, collection, model, wishes, options)
  assert.deepEqual(
    [first.version, first.created, first.sentBytes, first.fileCount],
    ['v0', true, 100_002, 5],
  )
  writeFileSync(path.join(model, 'config.json'), '{"a":1}')
  const second = await push(client, collection, model, wishes, options)
  assert.deepEqual([second.version, second.sentBytes], ['v1', 7])
  const again = await push(client, collection, model, wishes, options)
  assert.deepEqual([again.version, again.created, again.sentBytes], ['v1', false, 0])

  const { into, pulled } = await pullTo(setting, 'there')
  assert.deepEqual(contents(into), {
    ...contents(model),
    'weights/link.bin': contents(model)['weights/a.bin'],
  })
  assert.deepEqual(
    [pulled.files, pulled.bytes, pulled.fetchedBytes, pulled.references],
    [5, 300_007, 100_007, 0],
  )
  // What stands there is left, and what another pull brought is not fetched again.
  assert.equal((await pullTo(setting, 'there')).pulled.fetchedBytes, 0)
  const elsewhere = await pullTo(setting, 'elsewhere')
  assert.equal(elsewhere.pulled.fetchedBytes, 0)
  assert.deepEqual(contents(elsewhere.into), contents(into))
  assert.deepEqual(readdirSync(path.join(options.cacheFolder, 'incoming')), [])
})

test('progress comes as events, and leaving them ends the work', async (t) => {
  const setting = openSetting(t, server)
  const { client, collection, folder, options } = setting
  const model = writeModel(folder, { 'a.bin': randomBytes(3 * MIB), 'b.bin': randomBytes(MIB) })
  const phases = new Set<string>()
  for await (const { phase, doneBytes, totalBytes } of pushSteps(
    client,
    collection,
    model,
    { type: 'model' },
    options,
  )) {
    phases.add(phase)
    assert.ok(doneBytes >= 0 && doneBytes <= totalBytes && totalBytes <= 4 * MIB)
  }
  assert.deepEqual([...phases], ['read', 'send'])
  const version = await resolve(client, collection, 'latest')
  const into = path.join(folder, 'into')
  let last = 0
  for await (const { doneBytes, totalBytes } of pullSteps(client, version, into, options)) {
    assert.equal(totalBytes, 4 * MIB)
    last = doneBytes
  }
  assert.equal(last, 4 * MIB)
  for await (const _ of pullSteps(client, version, path.join(folder, 'left'), {
    cacheFolder: path.join(folder, 'other cache'),
  }))
    break
  assert.equal(existsSync(path.join(folder, 'left', 'b.bin')), false)
  await assert.rejects(
    push(
      client,
      collection,
      model,
      { type: 'model' },
      {
        ...options,
        signal: AbortSignal.abort(new Error('not now')),
      },
    ),
    /not now/,
  )
})

test('a truncated or altered cache file is noticed, and fetched again', async (t) => {
  const setting = openSetting(t, server)
  const { client, collection, folder, options } = setting
  const model = writeModel(folder, { 'a.bin': randomBytes(50_000) })
  await push(client, collection, model, { type: 'model' }, options)
  await pullTo(setting, 'first')
  const [cached = ''] = cachedFiles(setting)
  const spoil: readonly (() => void)[] = [
    () => truncateSync(cached, 40_000),
    () => writeFileSync(cached, Buffer.alloc(50_000, 1)),
  ]
  for (const [index, spoilIt] of spoil.entries()) {
    chmodSync(cached, 0o644)
    spoilIt()
    const { into, pulled } = await pullTo(setting, `spoilt ${index}`)
    assert.equal(pulled.fetchedBytes, 50_000)
    assert.deepEqual(contents(into), contents(model))
  }
  // So is a file that was altered where it was pulled to.
  writeFileSync(path.join(folder, 'first', 'a.bin'), Buffer.alloc(50_000, 1))
  const { into } = await pullTo(setting, 'first')
  assert.deepEqual(contents(into), contents(model))
})

test('bytes that change on the way are fetched once more, and never kept', async (t) => {
  const setting = openSetting(t, server)
  const { client, collection, folder, options } = setting
  const model = writeModel(folder, { 'a.bin': randomBytes(50_000) })
  await push(client, collection, model, { type: 'model' }, options)
  let spoilt = 0
  const spoiling = (times: number) =>
    createClient({
      url: server.url,
      key: server.adminKey,
      fetch: async (input, init) => {
        const response = await fetch(input, init)
        if (!String(input).includes('/files/a.bin') || spoilt === times) return response
        spoilt++
        const bytes = new Uint8Array(await response.arrayBuffer())
        bytes[7] = (bytes[7] ?? 0) ^ 1
        return new Response(bytes, response)
      },
    })
  await assert.rejects(pullTo(setting, 'into', spoiling(2)), { code: 'digest_mismatch' })
  assert.equal(existsSync(path.join(folder, 'into', 'a.bin')), false)
  assert.equal(existsSync(path.join(options.cacheFolder, 'blobs')), false)
  spoilt = 0
  const { into } = await pullTo(setting, 'into', spoiling(1))
  assert.equal(spoilt, 1)
  assert.deepEqual(contents(into), contents(model))
})

test('small files go up together, and one by one where that is refused', async (t) => {
  const setting = openSetting(t, server)
  const { collection, folder, options } = setting
  const puts: string[] = []
  let refusing: (call: string) => boolean = () => false
  const client = createClient({
    url: server.url,
    key: server.adminKey,
    fetch: async (input, init) => {
      const call = String(input)
      if (init?.method === 'PUT') puts.push(path.basename(call))
      if (init?.method === 'PUT' && refusing(call)) return new Response('no', { status: 413 })
      return fetch(input, init)
    },
  })
  // Too long to be equal by chance, but for the empty one.
  const sizes = [0, 16, 17, 4_096, 256 * 1024, 256 * 1024 + 1]
  for (const [version, alone] of [
    ['v0', 1],
    ['v1', 5],
  ] as const) {
    const files = sizes.map((size) => [`of ${size}.bin`, randomBytes(size)] as const)
    const model = writeModel(folder, Object.fromEntries(files))
    const logged = await push(client, collection, model, { type: 'model' }, options)
    assert.equal(logged.version, version)
    assert.equal(
      logged.sentBytes,
      sizes.reduce((sum, size) => sum + size, 0),
    )
    assert.equal(puts.filter((call) => call === 'batch').length, 1)
    // What is too large for it; the second time all but the empty file, which is there by now.
    assert.equal(puts.filter((call) => call !== 'batch').length, alone)
    const { into } = await pullTo(setting, `into ${version}`)
    assert.deepEqual(contents(into), contents(model))
    refusing = (call) => call.endsWith('/batch')
    puts.length = 0
  }
})

test('the cache keeps to its bounds', async (t) => {
  const setting = openSetting(t, server)
  const { client, collection, folder, options } = setting
  const bound = { ...options, cacheBytes: 150_000 }
  for (const size of [60_000, 60_001, 60_002, 200_000]) {
    const model = writeModel(folder, { 'a.bin': randomBytes(size) })
    await push(client, collection, model, { type: 'model' }, options)
    const version = await resolve(client, collection, 'latest')
    await pullVersion(client, version, path.join(folder, `of ${size}`), bound)
    assert.deepEqual(contents(path.join(folder, `of ${size}`)), contents(model))
  }
  const sizes = cachedFiles(setting).map((file) => readFileSync(file).length)
  assert.deepEqual(sizes.sort(), [60_001, 60_002])
})

test('a push that was ended goes on where it stopped', async (t) => {
  const setting = openSetting(t, server)
  const { collection, folder, options } = setting
  const model = writeModel(folder, { 'a.bin': randomBytes(64 * MIB) })
  const proxy = await startCuttingProxy(t, server.url, { cuts: 0, everyBytes: 1, watches: 'up' })
  // Bytes go where the registry says that it is: a second one tells them to take this way.
  const client = throughProxy(setting, proxy.url)
  const ended = new AbortController()
  await assert.rejects(async () => {
    for await (const { phase, doneBytes } of pushSteps(
      client,
      collection,
      model,
      { type: 'model' },
      { ...options, signal: ended.signal },
    ))
      if (phase === 'send' && doneBytes > 32 * MIB) ended.abort(new Error('ended'))
  }, /ended/)
  const logged = await push(client, collection, model, { type: 'model' }, options)
  assert.equal(logged.version, 'v0')
  assert.ok(proxy.bytes.up < 64 * MIB * 1.3, `${proxy.bytes.up} bytes were sent`)
  assert.ok(logged.sentBytes < 64 * MIB, 'what the first attempt brought is not told again')
})

/** Links name the server itself; this client takes them, like everything, through the proxy. */
function throughProxy({ server }: Setting, url: string): Client {
  return createClient({
    url,
    key: server.adminKey,
    fetch: (input, init) => fetch(String(input).replace(server.url, url), init),
  })
}

test('a pull goes on through a connection that breaks', async (t) => {
  const setting = openSetting(t, server)
  const { client, collection, folder, options } = setting
  const model = writeModel(folder, { 'a.bin': randomBytes(48 * MIB) })
  await push(client, collection, model, { type: 'model' }, options)
  const proxy = await startCuttingProxy(t, server.url, {
    cuts: 6,
    everyBytes: 8 * MIB,
    watches: 'down',
  })
  const { into } = await pullTo(setting, 'into', throughProxy(setting, proxy.url))
  assert.deepEqual(contents(into), contents(model))
  assert.ok(proxy.cuts >= 5, `${proxy.cuts} cuts`)
  // At each cut is lost what the buffers on the way hold; who began anew would take twice the file.
  assert.ok(proxy.bytes.down < 48 * MIB * 1.75, `${proxy.bytes.down} bytes came`)
})

const PULL = `
  const { createClient, pull } = await import('@greenroom/sdk/node')
  const [url, key, ref, folder, cacheFolder] = process.argv.slice(1)
  const pulled = await pull(createClient({ url, key }), ref, { folder, cacheFolder })
  console.log(JSON.stringify(pulled))
`

test('processes that pull the same thing at once fetch it once', async (t) => {
  const setting = openSetting(t, server)
  const { client, collection, folder, options } = setting
  const model = writeModel(folder, { 'a.bin': randomBytes(40 * MIB), 'b.bin': randomBytes(MIB) })
  await push(client, collection, model, { type: 'model' }, options)
  const proxy = await startCuttingProxy(t, server.url, { cuts: 0, everyBytes: 1, watches: 'up' })
  const pullers = Array.from({ length: 4 }, async (_, index) => {
    const into = path.join(folder, `of ${index}`)
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [
        '--input-type=module',
        '--eval',
        PULL,
        '--',
        proxy.url,
        server.adminKey,
        `demo/${collection.name}`,
        into,
        options.cacheFolder,
      ],
      { cwd: ROOT, timeout: 300_000 },
    )
    assert.deepEqual(contents(into), contents(model))
    return JSON.parse(stdout) as PulledFiles
  })
  const pulled = await Promise.all(pullers)
  const fetched = pulled.reduce((sum, { fetchedBytes }) => sum + fetchedBytes, 0)
  assert.equal(fetched, 41 * MIB)
  assert.ok(proxy.bytes.down < 42 * MIB)
})

/** Bytes of what is still being fetched into a cache. */
function keptOf(cacheFolder: string): number {
  const incoming = path.join(cacheFolder, 'incoming')
  const parts = existsSync(incoming) ? readdirSync(incoming) : []
  return parts.reduce((sum, part) => sum + statSync(path.join(incoming, part)).size, 0)
}

test('what a killed process left half-fetched, another goes on with', async (t) => {
  const setting = openSetting(t, server)
  const { client, collection, folder, options } = setting
  const model = writeModel(folder, { 'a.bin': randomBytes(96 * MIB) })
  await push(client, collection, model, { type: 'model' }, options)
  const proxy = await startCuttingProxy(t, server.url, { cuts: 0, everyBytes: 1, watches: 'up' })
  const ref = `demo/${collection.name}`
  const given = [proxy.url, server.adminKey, ref, path.join(folder, 'killed'), options.cacheFolder]
  const flags = ['--input-type=module', '--eval', PULL, '--']
  const child = spawn(process.execPath, [...flags, ...given], { cwd: ROOT, stdio: 'ignore' })
  // On its disk, not on the way there: what the system's buffers hold is lost with it.
  while (keptOf(options.cacheFolder) < 32 * MIB) await sleep(2)
  child.kill('SIGKILL')
  await once(child, 'exit')
  const { into, pulled } = await pullTo(setting, 'into')
  assert.deepEqual(contents(into), contents(model))
  assert.ok(pulled.fetchedBytes > 0 && pulled.fetchedBytes < 72 * MIB, `${pulled.fetchedBytes}`)
})

test('with the server stopped the last known good is served, and says so', async (t) => {
  const server = await startServer(t)
  const setting = openSetting(t, server)
  const { client, collection, folder, options } = setting
  const model = writeModel(folder, { 'a.bin': randomBytes(50_000), 'b/c.json': '{}' })
  await push(client, collection, model, { type: 'model', aliases: ['production'] }, options)
  const ref = `demo/${collection.name}:production`
  const fresh = await pull(client, ref, { ...options, staleOk: '24h' })
  assert.deepEqual([fresh.stale, fresh.version, fresh.fetchedBytes], [false, 'v0', 50_002])
  assert.deepEqual(contents(fresh.folder), contents(model))
  // Asked again it is confirmed, by its ETag; another folder costs no byte.
  const there = path.join(folder, 'there')
  const second = await pull(client, ref, { ...options, folder: there })
  assert.deepEqual([second.stale, second.fetchedBytes], [false, 0])
  assert.ok(second.confirmedAt >= fresh.confirmedAt)

  await server.stop()
  const impatient = createClient({ url: server.url, key: server.adminKey, attempts: 2 })
  await assert.rejects(pull(impatient, ref, options), { code: 'unreachable' })
  for (const given of [{ staleOk: '24h' }, { policy: 'pinned' as const }]) {
    const stale = await pull(impatient, ref, { ...options, ...given })
    assert.deepEqual(
      [stale.stale, stale.version, stale.confirmedAt],
      [true, 'v0', second.confirmedAt],
    )
    assert.deepEqual(contents(stale.folder), contents(model))
  }
  // A file that was altered is mended from the cache, never served.
  writeFileSync(path.join(there, 'a.bin'), Buffer.alloc(50_000, 1))
  await pull(impatient, ref, { ...options, folder: there, staleOk: '24h' })
  assert.deepEqual(contents(there), contents(model))
  await assert.rejects(pull(impatient, ref, { ...options, staleOk: '0s' }), { code: 'unreachable' })
  await assert.rejects(pull(impatient, 'demo/other:production', { ...options, staleOk: '24h' }), {
    code: 'unreachable',
  })
  await assert.rejects(pull(impatient, ref, { ...options, staleOk: 'soon' }), {
    code: 'request_invalid',
  })
})

test('a hostile manifest is refused before anything is written', async (t) => {
  const folder = mkdtempSync(path.join(tmpdir(), 'greenroom-sdk-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  const digest = `sha256:${'0'.repeat(64)}`
  let bad = ''
  const server = createServer((request, response) => {
    const entries = ['good.bin', bad].map((name) => ({
      path: name,
      digest,
      size: 1,
      reference: null,
      referenceDigest: null,
    }))
    const lines = entries.map((entry) => `${JSON.stringify([entry.path, digest, 1])}\n`)
    const manifest = createHash('sha256').update(`greenroom-manifest-v1\n${lines.join('')}`)
    const found = {
      ref: 'a/b/c:v0',
      owner: { kind: 'project', entity: 'a', name: 'b' },
      collection: 'c',
      version: 'v0',
      digest: `sha256:${manifest.digest('hex')}`,
    }
    const isList = request.url?.includes('/files?') === true
    response.setHeader('etag', '"1"')
    response.end(isList ? JSON.stringify({ items: entries, next: null }) : JSON.stringify(found))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => server.close().closeAllConnections())
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : undefined
  const client = createClient({ url: `http://127.0.0.1:${port}`, key: 'k' })
  for (bad of [
    '../escaped',
    'a/../../escaped',
    '/tmp/escaped',
    'C:\\escaped',
    'c:escaped',
    '..\\escaped',
    '\\\\server\\share',
    'a//b',
    'a/./b',
    '',
    'nul\u0000',
    'good.bin/inside',
    'good.bin',
  ]) {
    const into = path.join(folder, 'into')
    const options = { folder: into, cacheFolder: path.join(folder, 'cache') }
    await assert.rejects(pull(client, 'a/b/c:v0', options), { code: 'path_refused' }, bad)
    assert.equal(existsSync(into), false, bad)
  }
})

test('a folder that is a link out of the target is not written through', async (t) => {
  const setting = openSetting(t, server)
  const { client, collection, folder, options } = setting
  const model = writeModel(folder, { 'sub/a.bin': 'a' })
  await push(client, collection, model, { type: 'model' }, options)
  const outside = path.join(folder, 'outside')
  mkdirSync(outside)
  mkdirSync(path.join(folder, 'into'))
  symlinkSync(outside, path.join(folder, 'into', 'sub'))
  await assert.rejects(pullTo(setting, 'into'), { code: 'path_refused' })
  assert.deepEqual(readdirSync(outside), [])
})

test('a server that is busy is asked again, not before it said', async (t) => {
  const setting = openSetting(t, server)
  const { collection, folder, options } = setting
  const model = writeModel(folder, { 'a.bin': randomBytes(5_000) })
  const times = new Map<string, number>()
  const early: string[] = []
  const busy: typeof fetch = async (input, init) => {
    const call = `${init?.method} ${new URL(String(input)).pathname}`
    const refusedAt = times.get(call)
    if (refusedAt === undefined) {
      times.set(call, performance.now())
      return new Response('busy', { status: 503, headers: { 'retry-after': '1' } })
    }
    if (performance.now() - refusedAt < 990) early.push(call)
    return fetch(input, init)
  }
  const client = createClient({ url: server.url, key: server.adminKey, fetch: busy })
  const logged = await push(client, collection, model, { type: 'model' }, options)
  assert.equal(logged.version, 'v0')
  const { into } = await pullTo({ ...setting, client }, 'into')
  assert.deepEqual(contents(into), contents(model))
  assert.deepEqual(early, [])
  assert.ok([...times.keys()].some((call) => call.startsWith('PUT')))
})
