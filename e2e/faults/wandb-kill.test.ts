// Official wandb clients log, link and promote in one collection while the server is killed again
// and again: all end by their own retries, and what they were told is there, once.

import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { freePort } from '../../packages/server/test/free-port.ts'
import { callerOf, checkedHistory, listAll } from '../rest.ts'
import { startServer } from '../server.ts'
import { pythonWith } from '../setup.ts'
import { scaled } from './scale.ts'

const KILLS = process.argv.includes('--quick') ? 3 : 10
const WORKERS = scaled(32, 6)
const VERSIONS_PER_WORKER = 2
/** The client waits 2 s after a failed call, then 4, 8 and so on up to 60. */
const LIMIT_MILLISECONDS = 480_000
const SCRIPT = path.resolve(import.meta.dirname, 'wandb_log_many.py')

interface Told {
  readonly run: string
  /** By the version's name where it was logged. */
  readonly acknowledged: Readonly<Record<string, { readonly by: string; readonly link: string }>>
}

const python = pythonWith('wandb')

test(`${WORKERS} clients log, link and promote through ${KILLS} kills`, {
  skip: python.missing,
}, async (t) => {
  const folder = mkdtempSync(path.join(tmpdir(), 'greenroom-wandb-kill-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  const dataFolder = path.join(folder, 'data')
  const port = await freePort()
  let server = await startServer(t, { dataFolder, port })
  const { url, adminKey } = server
  const worker = async (at: number): Promise<Told> => {
    const home = mkdtempSync(path.join(folder, `worker-${at}-`))
    const environment = {
      PATH: process.env.PATH,
      HOME: home,
      WANDB_DIR: home,
      WANDB_BASE_URL: url,
      WANDB_API_KEY: adminKey,
      WANDB_ERROR_REPORTING: 'false',
      WANDB_SILENT: 'true',
      // Its public API gives up after 19 seconds otherwise, sooner than its own retries do.
      WANDB_HTTP_TIMEOUT: '240',
    }
    const options = { cwd: home, env: environment, timeout: LIMIT_MILLISECONDS }
    const args = [SCRIPT, String(at), String(VERSIONS_PER_WORKER)]
    const { stdout } = await promisify(execFile)(python.path, args, options)
    return JSON.parse(stdout.trim().split('\n').at(-1) ?? '')
  }
  const working = Promise.all(Array.from({ length: WORKERS }, (_, at) => worker(at)))
  let over = false
  working.then(
    () => (over = true),
    () => (over = true),
  )
  let kills = 0
  while (kills < KILLS && !over) {
    // So many clients come forward in so much time.
    await sleep((700 + Math.random() * 1_500) * Math.max(1, WORKERS / 8))
    server.process.kill('SIGKILL')
    await once(server.process, 'exit')
    server = await startServer(t, { dataFolder, port })
    kills += 1
  }
  const told = await working
  await reckon(callerOf(url, adminKey), told)
  console.log(`${kills} kills; ${WORKERS * VERSIONS_PER_WORKER} versions by ${WORKERS} clients`)
  assert.ok(kills >= Math.min(KILLS, 3), `the clients were done after ${kills} kills`)
})

/** Each version that a client was told is there with its metadata, and nothing is there twice. */
async function reckon(rest: ReturnType<typeof callerOf>, told: readonly Told[]): Promise<void> {
  const collection = '/projects/admin/kills/collections/shared'
  const versions = await listAll<{ version: string; metadata: { by: string }; digest: string }>(
    rest,
    `${collection}/versions`,
  )
  const byVersion = new Map(versions.map(({ version, metadata }) => [version, metadata.by]))
  const acknowledged = told.flatMap((each) => Object.entries(each.acknowledged))
  assert.equal(acknowledged.length, WORKERS * VERSIONS_PER_WORKER)
  for (const [version, { by }] of acknowledged) assert.equal(byVersion.get(version), by)
  assert.equal(new Set(versions.map(({ digest }) => digest)).size, versions.length)
  assert.equal(versions.length, acknowledged.length, 'a version that nobody was told')
  // A promotion whose answer was lost may be made once more: each is there, in one true history.
  const history = await checkedHistory(rest, collection)
  const promoted = history.filter(({ alias }) => alias === 'production')
  const added = new Set(promoted.flatMap((event) => event.added))
  for (const [version] of acknowledged) assert.ok(added.has(version), `${version} was promoted`)
  const linked = '/registries/greenroom-org/model/collections/shared'
  const links = await listAll<{ version: string; metadata: { by: string } }>(
    rest,
    `${linked}/versions`,
  )
  const byLink = new Map(links.map(({ version, metadata }) => [version, metadata.by]))
  for (const [, { by, link }] of acknowledged) assert.equal(byLink.get(link), by)
  assert.equal(links.length, acknowledged.length, 'a link that nobody was told')
  await checkedHistory(rest, linked)
}
