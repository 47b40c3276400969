import assert from 'node:assert/strict'
import { fork } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { type TestContext, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { callerOf, type RestCaller } from '../e2e/rest.ts'
import { startServer } from '../e2e/server.ts'
import { SMALL } from './large-registry.ts'
import { type Measured, putLoad } from './load.ts'
import { filledMlflow, MLFLOW_ALIAS, skipMlflow, startMlflow } from './mlflow.ts'
import { ratios, report, show } from './report.ts'

const [ROUNDS, MILLISECONDS] = process.argv.includes('--quick') ? [1, 1_000] : [7, 2_000]
const CONNECTIONS = 32
const PROMOTIONS_PER_SECOND = 50
const COLLECTION = '/projects/admin/bench/collections/classifier'

test('B1: resolve of an alias', async (t) => {
  const server = await startServer(t)
  // Its log goes on, but this process must not spend its time on reading it line by line.
  server.process.stdout?.removeAllListeners('data').resume()
  const call = callerOf(server.url, server.adminKey)
  await logVersions(call)
  const url = `${server.url}/api/v1${COLLECTION}/resolve/production`
  const headers = { authorization: `Bearer ${server.adminKey}` }
  const body = await (await fetch(url, { headers })).text()
  const bareServer = await startBare(t, body)
  const ask = (target: { url: string; pid: number | undefined }) =>
    putLoad({ ...target, headers, connections: CONNECTIONS, milliseconds: MILLISECONDS })
  const resolve = { url, pid: server.process.pid }
  const mlflow = skipMlflow === false ? await startFilledMlflow(t) : undefined
  await ask(bareServer)
  await ask(resolve)
  const bare: Measured[] = []
  const mlflows: Measured[] = []
  const alone: Measured[] = []
  const written: Measured[] = []
  let promotions = 0
  for (let round = 0; round < ROUNDS; round++) {
    bare.push(await ask(bareServer))
    alone.push(await ask(resolve))
    const [measured, made] = await Promise.all([ask(resolve), promoteFor(call, MILLISECONDS)])
    written.push(measured)
    promotions += made
    if (mlflow !== undefined) mlflows.push(await ask(mlflow))
  }
  const seconds = MILLISECONDS / 1000
  const pace = Math.round(promotions / (ROUNDS * seconds))
  report('B1', 'resolve of an alias', [
    ...(skipMlflow === false ? [] : [`MISSING (${skipMlflow}).`, '']),
    `One process, ${CONNECTIONS} connections, ${ROUNDS} rounds of ${seconds} s in turn; ` +
      `answers of ${body.length} bytes; median (lowest–highest).`,
    '',
    '| | requests/s | of bare | p50 ms | p99 ms | CPU µs/request |',
    '|---|---|---|---|---|---|',
    row('bare `node:http`, the same bytes', bare, bare),
    row('resolve', alone, bare),
    row(`resolve under ${pace} promotions/s`, written, bare),
    row('MLflow, `registered-models/alias`, one worker', mlflows, bare),
    '',
    `Resolve is ${show(ratios(rates(alone), rates(mlflows)))} times as fast as MLflow.`,
  ])
})

function row(name: string, some: readonly Measured[], bare: readonly Measured[]): string {
  const cells = [
    name,
    show(rates(some)),
    show(ratios(rates(some), rates(bare)), 2),
    show(
      some.map(({ p50 }) => p50),
      2,
    ),
    show(
      some.map(({ p99 }) => p99),
      2,
    ),
    show(
      some.map(({ cpu }) => cpu),
      1,
    ),
  ]
  return `| ${cells.join(' | ')} |`
}

function rates(some: readonly Measured[]): readonly number[] {
  return some.map((one) => one.requestsPerSecond)
}

async function startFilledMlflow(t: TestContext) {
  // Two versions, as ours.
  const size = { ...SMALL, collections: 0, crowded: { versions: 2, tagsEach: 0 } }
  const { url } = await startMlflow(t, await filledMlflow(t, size))
  return { url: `${url}${MLFLOW_ALIAS}`, pid: undefined }
}

async function logVersions(call: RestCaller): Promise<void> {
  for (let at = 0; at < 2; at++) {
    // References need no bytes.
    const entries = [{ path: 'w', reference: `https://example.org/${at}` }]
    const body = { type: 'model', entries, aliases: ['production'] }
    const begun = await call({ method: 'POST', path: `${COLLECTION}/versions`, body })
    const path = `${COLLECTION}/drafts/${begun.json.id}/commit`
    assert.equal((await call({ method: 'POST', path })).status, 201)
  }
}

async function startBare(t: TestContext, body: string) {
  const child = fork(path.join(import.meta.dirname, 'bare-server.ts'))
  t.after(() => child.kill())
  child.send({ body })
  const [{ port }] = (await once(child, 'message')) as [{ readonly port: number }]
  return { url: `http://127.0.0.1:${port}/`, pid: child.pid }
}

/** Promotes at an even pace; how many. */
async function promoteFor(call: RestCaller, milliseconds: number): Promise<number> {
  const begun = performance.now()
  let made = 0
  for (;;) {
    const due = begun + (made * 1000) / PROMOTIONS_PER_SECOND
    if (due > begun + milliseconds) return made
    await sleep(Math.max(0, due - performance.now()))
    const body = { version: `v${made % 2}` }
    const put = await call({ method: 'PUT', path: `${COLLECTION}/aliases/production`, body })
    assert.equal(put.status, 200)
    made += 1
  }
}
