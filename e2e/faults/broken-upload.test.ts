// An upload over a connection that breaks again and again: it ends, it does not send its bytes over
// and over, and neither side holds the file in memory.

import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { test } from 'node:test'
import { startServer } from '../server.ts'
import { ROOT } from '../setup.ts'
import { startCuttingProxy } from './cutting-proxy.ts'
import { scaled } from './scale.ts'

const MIB = 1024 * 1024
const FILE_BYTES = scaled(2 * 1024, 200) * MIB
const CUTS = scaled(20, 2)
const MAX_CLIENT_BYTES = 200 * MIB
/** Above what it holds when it has just started: parts in flight, and what is not collected yet. */
const MAX_SERVER_GROWTH_BYTES = 128 * MIB

const PROGRAM = `
  import { createClient, pull, push } from '@greenroom/sdk/node'
  const [url, server, key, file, cacheFolder] = process.argv.slice(1)
  const options = { url, key, fetch: (link, init) => fetch(link.replace(server, url), init) }
  const client = createClient(options)
  const collection = { owner: { kind: 'project', entity: 'admin', name: 'demo' }, name: 'big' }
  const { sentBytes } = await push(client, collection, file, { type: 'model' }, { cacheFolder })
  console.log(JSON.stringify({ sentBytes }))
  const folder = cacheFolder + '/pulled'
  const { stale, bytes } = await pull(client, 'demo/big', { folder, cacheFolder, cacheBytes: 0 })
  console.log(JSON.stringify({ stale, bytes }))
`

test(`${FILE_BYTES / MIB} MiB over a connection that breaks ${CUTS} times`, async (t) => {
  const folder = mkdtempSync(path.join(tmpdir(), 'greenroom-upload-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  const file = path.join(folder, 'model.bin')
  // Sparse: only its end takes room here.
  writeFileSync(file, '')
  truncateSync(file, FILE_BYTES)
  const server = await startServer(t)
  const atStart = memoryOf(server.process)
  const everyBytes = Math.floor(FILE_BYTES / (CUTS + 1))
  const proxy = await startCuttingProxy(t, server.url, { cuts: CUTS, everyBytes, watches: 'up' })
  const child = spawn(
    process.execPath,
    [
      '--input-type=module',
      '--eval',
      PROGRAM,
      '--',
      proxy.url,
      server.url,
      server.adminKey,
      file,
      path.join(folder, 'cache'),
    ],
    { cwd: ROOT, stdio: ['ignore', 'pipe', 'inherit'] },
  )
  let printed = ''
  child.stdout?.on('data', (chunk) => {
    printed += chunk
  })
  const peaks = { client: 0, server: 0 }
  const timer = setInterval(() => {
    peaks.client = Math.max(peaks.client, memoryOf(child))
    peaks.server = Math.max(peaks.server, memoryOf(server.process))
  }, 20)
  const [code] = await once(child, 'close')
  clearInterval(timer)
  assert.equal(code, 0)
  const [pushed, pulled] = printed
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  assert.deepEqual([pushed.sentBytes, pulled.bytes], [FILE_BYTES, FILE_BYTES])
  assert.equal(proxy.cuts, CUTS)
  const share = proxy.bytes.up / FILE_BYTES
  const megabytes = (bytes: number) => `${Math.round(bytes / 1e6)} MB`
  console.log(
    `${FILE_BYTES / MIB} MiB, ${proxy.cuts} cuts: ${share.toFixed(3)} times its bytes were sent; ` +
      `at most ${megabytes(peaks.client)} of memory in the client, ` +
      `${megabytes(peaks.server)} in the server`,
  )
  assert.ok(share <= 1.1, `${share} times its bytes were sent`)
  assert.ok(peaks.client < MAX_CLIENT_BYTES, `the client took ${peaks.client} bytes`)
  const growth = peaks.server - atStart
  assert.ok(growth < MAX_SERVER_GROWTH_BYTES, `the server took ${growth} bytes more`)
})

/** The memory of its own that a process holds, without the files of its program. */
function memoryOf({ pid }: ChildProcess): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8')
    return Number(/^RssAnon:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) * 1024
  } catch {
    // It has ended, or the system does not tell.
    return 0
  }
}
