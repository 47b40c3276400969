import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { type TestContext, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type * as wire from '@greenroom/sdk/wire'
import { freePort } from '../../packages/server/test/free-port.ts'
import { createTestDatabase, skipPostgres } from '../../packages/server/test/postgres.ts'
import {
  callerOf,
  checkedHistory,
  checkedStream,
  listAll,
  type RestCaller,
  sha256,
} from '../rest.ts'
import { greenroom, type ServerOptions, startServer } from '../server.ts'
import { type Churn, churn, reckonChurn } from './churn.ts'
import { type Acknowledged, randomOf, type Step, type Workload, work } from './rest-workload.ts'
import { firstSeed, scaled } from './scale.ts'

const KILLS = process.argv.includes('--quick') ? 5 : scaled(200, 50)
const WORKERS = 6
const CHURNERS = 3
/** Of most starts: one may meet a machine that stands still for a while. */
const MAX_START_MILLISECONDS = 5_000
const COLLECTIONS = ['one', 'two'].map((name) => `/projects/admin/kills/collections/${name}`)

test(`${KILLS} kills in the middle of it: what was acknowledged is there`, async (t) => {
  await killAndReckon(t, KILLS, {})
})

test('the same on PostgreSQL', { skip: skipPostgres }, async (t) => {
  const environment = { GREENROOM_DATABASE_URL: await createTestDatabase() }
  await killAndReckon(t, Math.ceil(KILLS / 5), environment)
})

async function killAndReckon(
  t: TestContext,
  kills: number,
  environment: NonNullable<ServerOptions['environment']>,
): Promise<void> {
  const seed = firstSeed()
  console.log(`seed ${seed} (GREENROOM_TEST_SEED=${seed} chooses the same)`)
  const dataFolder = mkdtempSync(path.join(tmpdir(), 'greenroom-kill-'))
  t.after(() => rmSync(dataFolder, { recursive: true, force: true }))
  const port = await freePort()
  let server = await startServer(t, { dataFolder, environment, port })
  const end = new AbortController()
  t.after(() => end.abort())
  const load = workload(callerOf(server.url, server.adminKey), seed, end.signal)
  const workers = Array.from({ length: WORKERS }, (_, at) => work(load, at))
  const churns = Array.from({ length: CHURNERS }, (_, at) => churn(load, WORKERS + at))
  const failed = Promise.all([Promise.all(churns), ...workers])
  const interrupted = new Map<Step, number>()
  const starts: number[] = []
  for (let kill = 0; kill < kills; kill++) {
    // Long enough for versions to be finished, short enough to hit them anywhere.
    await Promise.race([sleep(100 + load.random() * 700), failed])
    for (const step of load.inFlight.values())
      interrupted.set(step, (interrupted.get(step) ?? 0) + 1)
    server.process.kill('SIGKILL')
    await once(server.process, 'exit')
    const begun = performance.now()
    server = await startServer(t, { dataFolder, environment, port })
    starts.push(performance.now() - begun)
  }
  await Promise.race([sleep(500), failed])
  load.isOver = true
  const [churned] = await failed
  await reckon(load.call, load.acknowledged)
  for (const one of churned) await reckonChurn(load.call, one)
  const events = await checkedStream(load.call)
  assert.ok(medianOf(starts) < MAX_START_MILLISECONDS, `a start took ${medianOf(starts)} ms`)
  report(kills, interrupted, load.acknowledged, starts)
  reportChurn(churned, events.length)
  await server.stop()
  const url = environment.GREENROOM_DATABASE_URL
  const database = url === undefined ? [] : ['--database', url]
  await greenroom('verify', '--data', dataFolder, ...database)
}

function reportChurn(churned: readonly Churn[], events: number): void {
  const sum = (of: (one: Churn) => readonly unknown[]) =>
    churned.reduce((total, one) => total + of(one).length, 0)
  console.log(
    `${sum((one) => one.versions)} versions, ${sum((one) => one.links)} links, ` +
      `${sum((one) => one.rollbacks)} rollbacks and ${sum((one) => one.deleted)} deletes ` +
      `acknowledged besides; ${events} events, one chain; verify finds no damage`,
  )
}

function workload(call: RestCaller, seed: number, signal: AbortSignal): Workload {
  const acknowledged: Acknowledged = {
    commits: [],
    promotions: [],
    ownMoves: 0,
    lost: 0,
    retries: 0,
    resumed: 0,
  }
  return {
    call,
    collections: COLLECTIONS,
    random: randomOf(seed),
    acknowledged,
    inFlight: new Map(),
    isOver: false,
    signal,
  }
}

/** Every acknowledged thing is there with the right bytes; numbers and logs have no gap or twin. */
async function reckon(call: RestCaller, acknowledged: Acknowledged): Promise<void> {
  for (const collection of COLLECTIONS) {
    const versions = await listAll<wire.Version>(call, `${collection}/versions`)
    assert.deepEqual(
      versions.map(({ version }) => version),
      versions.map((_, at) => `v${versions.length - 1 - at}`),
    )
    const contents = new Set(versions.map(({ digest }) => digest))
    assert.equal(contents.size, versions.length, 'two versions of one content')
    const promoted = (await checkedHistory(call, collection)).filter(
      (event) => event.alias === 'production' && event.cause === 'promote',
    )
    for (const promotion of acknowledged.promotions) {
      if (promotion.collection !== collection) continue
      const { generation, version } = promotion
      const event = promoted.find((logged) => logged.generation === generation)
      assert.deepEqual(
        event?.to?.map((slot) => slot.version),
        [version],
        `lost ${generation}`,
      )
    }
  }
  for (const { collection, version, digest } of acknowledged.commits) {
    const path = `${collection}/versions/${version}/files`
    const { json } = await call({ method: 'GET', path })
    assert.deepEqual(
      json.items.map((entry: wire.Entry) => entry.digest),
      [digest],
    )
    assert.equal(await digestOfFile(call, `${path}/weights.bin`), digest)
  }
}

async function digestOfFile(call: RestCaller, path: string): Promise<string> {
  const { bytes } = await call({ method: 'GET', path })
  return sha256(bytes)
}

function medianOf(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
}

function report(
  kills: number,
  interrupted: ReadonlyMap<Step, number>,
  acknowledged: Acknowledged,
  starts: readonly number[],
): void {
  const { commits, promotions, ownMoves, lost, retries, resumed } = acknowledged
  console.log(
    `${kills} kills interrupted ${JSON.stringify([...interrupted])}; acknowledged: ` +
      `${commits.length} commits, ${promotions.length} promotions ` +
      `(${ownMoves} known by their own 412), ${lost} ` +
      `promotions lost to another; ${retries} requests asked again, ${resumed} uploads resumed; ` +
      `restart to serving: median ${Math.round(medianOf(starts))} ms, ` +
      `longest ${Math.round(Math.max(...starts))} ms`,
  )
}
