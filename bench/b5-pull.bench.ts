import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdirSync, rmSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { connect } from 'node:net'
import path from 'node:path'
import { test } from 'node:test'
import { crc32 } from 'node:zlib'
import { startServer } from '../e2e/server.ts'
import { type Client, createClient } from '../packages/sdk/src/client.ts'
import { pullVersion } from '../packages/sdk/src/node/pull.ts'
import { push } from '../packages/sdk/src/node/push.ts'
import { CHECK_CHUNK_BYTES } from '../packages/server/src/core/limits.ts'
import {
  type FileSet,
  fileName,
  fileSets,
  rounds,
  settle,
  temporaryFolder,
  writeFiles,
} from './file-sets.ts'
import { skipNginx, startNginx } from './nginx.ts'
import { ratios, report, show, tableOf } from './report.ts'

const ROUNDS = rounds()
const MIB = 1024 * 1024
/** As many as the SDK fetches at once. */
const CONNECTIONS = 8
const OWNER = { kind: 'project', entity: 'admin', name: 'bench' } as const
const COLLECTION = { owner: OWNER, name: 'c' }

interface Pulled {
  /** Seconds. */
  readonly cold: number
  readonly warm: number
  readonly nginx: number
  /** Of the first file, its bytes dropped as they come: bytes a second. */
  readonly sent: number
  readonly nginxSent: number
  readonly checked: number
}

test('B5: pull a version', async (t) => {
  const sent: string[][] = []
  const pulled: string[][] = []
  for (const set of fileSets()) {
    const folder = temporaryFolder(t, 'b5')
    const source = path.join(folder, 'source')
    await writeFiles(source, set.files, set.bytesEach)
    const server = await startServer(t, { dataFolder: path.join(folder, 'data') })
    server.process.stdout?.removeAllListeners('data').resume()
    const client = createClient({ url: server.url, key: server.adminKey })
    const pushed = { cacheFolder: path.join(folder, 'pushed') }
    const { digest } = await push(client, COLLECTION, source, { type: 'model' }, pushed)
    const nginx =
      skipNginx === false ? await startNginx(t, source, path.join(folder, 'nginx')) : undefined
    const times: Pulled[] = []
    for (let round = 0; round < ROUNDS; round++)
      times.push({
        ...(await timeSending(server, nginx, source, set)),
        nginx: await timeNginx(nginx, path.join(folder, 'fetched'), set),
        ...(await timePull(client, digest, folder, set)),
      })
    await server.stop()
    if (set.files === 1) sent.push(sentRow(set, times))
    pulled.push(pulledRow(set, times))
    rmSync(folder, { recursive: true })
  }
  report('B5', 'pull a version', [
    `${ROUNDS} rounds in turn, files in the page cache. First what the server sends, its bytes`,
    'dropped as they come, beside nginx with the same file and beside reading and checking it',
    '(CRC-32 a chunk) and no more; MiB a second.',
    ...(skipNginx === false ? [] : [`MISSING (${skipNginx}).`]),
    '',
    ...tableOf(['Greenroom', 'nginx', 'the check alone', 'of the lower'], sent),
    '',
    'Then a whole `pull` of the SDK, every byte hashed and the cache filled, beside as many plain',
    '`fetch`es from nginx, written and not hashed; seconds. Warm: the folder is there already, and',
    'is proved again, byte by byte.',
    '',
    ...tableOf(['pull', 'from nginx', 'nginx ÷ pull', 'warm'], pulled),
  ])
})

function sentRow({ name }: FileSet, times: readonly Pulled[]): string[] {
  const ours = times.map(({ sent }) => sent / MIB)
  const theirs = times.map(({ nginxSent }) => nginxSent / MIB)
  const checks = times.map(({ checked }) => checked / MIB)
  const lower = checks.map((check, at) => Math.min(check, theirs[at] || check))
  return [name, show(ours), show(theirs), show(checks), show(ratios(ours, lower), 2)]
}

function pulledRow({ name }: FileSet, times: readonly Pulled[]): string[] {
  const cold = times.map((one) => one.cold)
  const nginx = times.map((one) => one.nginx)
  const warm = times.map((one) => one.warm)
  return [name, show(cold, 2), show(nginx, 2), show(ratios(nginx, cold), 2), show(warm, 3)]
}

async function timeSending(
  server: { readonly url: string; readonly adminKey: string },
  nginx: string | undefined,
  source: string,
  { bytesEach }: FileSet,
): Promise<Pick<Pulled, 'sent' | 'nginxSent' | 'checked'>> {
  const collection = `${server.url}/api/v1/projects/admin/bench/collections/c`
  const file = `${collection}/versions/v0/files/${fileName(0)}`
  const checked = await checkSpeed(path.join(source, fileName(0)), bytesEach)
  const nginxSent =
    nginx === undefined ? Number.NaN : await dropBytes(`${nginx}/${fileName(0)}`, bytesEach)
  return { checked, nginxSent, sent: await dropBytes(file, bytesEach, server.adminKey) }
}

/** Bytes a second. */
async function checkSpeed(file: string, bytes: number): Promise<number> {
  const chunk = Buffer.allocUnsafeSlow(Math.min(CHECK_CHUNK_BYTES, bytes))
  const handle = await open(file)
  const begun = performance.now()
  for (let at = 0; at < bytes; ) {
    const { bytesRead } = await handle.read(chunk, 0, chunk.length, at)
    crc32(chunk.subarray(0, bytesRead))
    at += bytesRead
  }
  await handle.close()
  return (bytes * 1000) / (performance.now() - begun)
}

/** Bytes a second that a server sends into one buffer, which nobody looks at. */
async function dropBytes(target: string, bytes: number, key?: string): Promise<number> {
  const { hostname, port, pathname, host } = new URL(target)
  const buffer = Buffer.allocUnsafeSlow(256 * 1024)
  let taken = 0
  const begun = performance.now()
  const socket = connect({
    host: hostname,
    port: Number(port),
    onread: {
      buffer,
      callback: (length) => {
        taken += length
        return true
      },
    },
  })
  const rights = key === undefined ? '' : `authorization: Bearer ${key}\r\n`
  socket.write(`GET ${pathname} HTTP/1.1\r\nhost: ${host}\r\nconnection: close\r\n${rights}\r\n`)
  await once(socket, 'close')
  assert.ok(taken >= bytes, `${target} ended after ${taken} bytes`)
  return (bytes * 1000) / (performance.now() - begun)
}

async function timePull(
  client: Client,
  digest: string,
  folder: string,
  { files }: FileSet,
): Promise<Pick<Pulled, 'cold' | 'warm'>> {
  const [target, cacheFolder] = [path.join(folder, 'pulled'), path.join(folder, 'cache')]
  await settle()
  const pull = async () => {
    const begun = performance.now()
    const version = { owner: OWNER, collection: COLLECTION.name, version: 'v0', digest }
    const pulled = await pullVersion(client, version, target, { cacheFolder })
    assert.equal(pulled.files, files)
    return { seconds: (performance.now() - begun) / 1000, fetched: pulled.fetchedBytes }
  }
  const cold = await pull()
  const warm = await pull()
  assert.deepEqual([cold.fetched > 0, warm.fetched], [true, 0])
  rmSync(target, { recursive: true })
  rmSync(cacheFolder, { recursive: true })
  return { cold: cold.seconds, warm: warm.seconds }
}

async function timeNginx(
  url: string | undefined,
  target: string,
  { files }: FileSet,
): Promise<number> {
  if (url === undefined) return Number.NaN
  mkdirSync(target)
  await settle()
  const begun = performance.now()
  let next = 0
  const worker = async () => {
    while (next < files) {
      const name = fileName(next++)
      const answer = await fetch(`${url}/${name}`)
      const file = await open(path.join(target, name), 'wx')
      for await (const chunk of answer.body ?? []) await file.write(chunk)
      await file.close()
    }
  }
  await Promise.all(Array.from({ length: CONNECTIONS }, worker))
  const seconds = (performance.now() - begun) / 1000
  rmSync(target, { recursive: true })
  return seconds
}
