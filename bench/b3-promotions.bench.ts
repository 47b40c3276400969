import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { type TestContext, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { skipStrace } from '../e2e/faults/strace.ts'
import { callerOf, type RestCaller } from '../e2e/rest.ts'
import { type ServerOptions, type StartedServer, startServer } from '../e2e/server.ts'
import { createTestDatabase, query, skipPostgres } from '../packages/server/test/postgres.ts'
import { type Measured, putLoad } from './load.ts'
import { pgbenchOf, skipPgbench } from './pgbench.ts'
import { ratios, report, show, tableOf } from './report.ts'

const QUICK = process.argv.includes('--quick')
const [ROUNDS, MILLISECONDS] = QUICK ? [1, 500] : [5, 1_500]
const CLIENTS = 64
const LOGGED_AT_ONCE = 16
const OWNER = '/projects/admin/bench'
/** A plain alias; `production` has a life cycle, and each move of it is also one of `archived`. */
const ALIAS = 'champion'

const HEAD = [
  'promotions/s',
  'of the anchor',
  'p50 ms',
  'p99 ms',
  'fsyncs each',
  'CPU µs each',
  'loop p99 ms',
]

interface Crowd {
  readonly name: string
  readonly clients: number
  /** All move the same alias, each to versions of its own: so every move is one. */
  readonly together?: true
  readonly alias?: string
}

const CROWDS: readonly Crowd[] = [
  { name: '1 client', clients: 1 },
  { name: '64 clients, 64 aliases in 64 collections', clients: CLIENTS },
  { name: '64 clients, one alias', clients: CLIENTS, together: true },
  { name: 'the same 64 of `production`, each displacing', clients: CLIENTS, alias: 'production' },
]

interface Promoted {
  readonly load: Measured
  /** Milliseconds. */
  readonly late: number
  /** Promotions a second of the anchor, right before. */
  readonly anchor: number
}

test('B3: durable promotions on SQLite', async (t) => {
  const rows = await measure(t, {}, async () => bareCommits(t))
  report('B3', 'durable promotions on SQLite', [
    `${ROUNDS} rounds of ${MILLISECONDS / 1000} s in turn, each with its anchor: one process that`,
    'commits one row after another to SQLite, each COMMIT with its fsync. fsyncs were counted by',
    'strace in rounds of their own, those of checkpoints included; CPU is of the whole server.',
    '',
    ...rows,
  ])
})

test('B3: durable promotions on PostgreSQL', { skip: skipPostgres }, async (t) => {
  const url = await createTestDatabase()
  const environment = { GREENROOM_DATABASE_URL: url }
  const bench = await pgbenchOf(t, url, { alias: ALIAS, collections: CLIENTS })
  const rows = await measure(t, { environment, url }, (crowd) => bench(crowd, MILLISECONDS))
  report('B3p', 'durable promotions on PostgreSQL', [
    `${ROUNDS} rounds of ${MILLISECONDS / 1000} s in turn, each with its anchor:`,
    skipPgbench === false
      ? 'pgbench with as many clients and the statements of a promotion, recorded and prepared.'
      : `MISSING (${skipPgbench}).`,
    'fsyncs of the log are those that PostgreSQL counts; CPU is of our process alone.',
    '',
    ...rows,
  ])
})

async function measure(
  t: TestContext,
  { environment = {}, url }: { environment?: Record<string, string>; url?: string },
  anchorOf: (crowd: Crowd) => Promise<number>,
): Promise<readonly string[]> {
  const folder = mkdtempSync(path.join(tmpdir(), 'greenroom-b3-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  const lateness = path.join(folder, 'loop-delay.json')
  const server = await startQuiet(t, {
    environment: {
      ...environment,
      NODE_OPTIONS: `--import=${path.join(import.meta.dirname, 'loop-delay.ts')}`,
      BENCH_LOOP_DELAY: lateness,
    },
  })
  const countFsyncs =
    url === undefined ? await tracedCounter(t, folder) : postgresCounter(server, url)
  const rows: string[][] = []
  for (const crowd of CROWDS) {
    const rounds: Promoted[] = []
    await promoteFor(server, crowd, MILLISECONDS / 2)
    for (let round = 0; round < ROUNDS; round++) {
      const anchor = crowd.alias === undefined ? await anchorOf(crowd) : Number.NaN
      await readLateness(server, lateness)
      const load = await promoteFor(server, crowd, MILLISECONDS)
      rounds.push({ load, anchor, late: await readLateness(server, lateness) })
    }
    rows.push(row(crowd.name, rounds, await countFsyncs(crowd)))
  }
  return tableOf(HEAD, rows)
}

function row(name: string, rounds: readonly Promoted[], fsyncs: string): string[] {
  const of = (pick: (measured: Measured) => number, digits: number) =>
    show(
      rounds.map(({ load }) => pick(load)),
      digits,
    )
  const rates = rounds.map(({ load }) => load.requestsPerSecond)
  const anchors = rounds.map(({ anchor }) => anchor)
  return [
    name,
    show(rates),
    anchors.some(Number.isNaN) ? '–' : `${show(ratios(rates, anchors), 2)} of ${show(anchors)}`,
    of(({ p50 }) => p50, 2),
    of(({ p99 }) => p99, 2),
    fsyncs,
    of(({ cpu }) => cpu, 0),
    show(
      rounds.map(({ late }) => late),
      1,
    ),
  ]
}

/** A server with the collections of all crowds. Its log goes on, but is not read line by line. */
async function startQuiet(t: TestContext, options: ServerOptions): Promise<StartedServer> {
  const server = await startServer(t, options)
  server.process.stdout?.removeAllListeners('data').resume()
  await logVersions(callerOf(server.url, server.adminKey))
  return server
}

/** In each collection two versions, in the first one two for each client. */
async function logVersions(call: RestCaller): Promise<void> {
  const collections = Array.from({ length: CLIENTS }, (_, at) => `${OWNER}/collections/c${at}`)
  const [first = ''] = collections
  const versions = [...collections, ...collections, ...Array(2 * CLIENTS - 2).fill(first)]
  let next = 0
  const worker = async () => {
    while (next < versions.length) await logVersion(call, versions[next] ?? first, next++)
  }
  await Promise.all(Array.from({ length: LOGGED_AT_ONCE }, worker))
}

async function logVersion(call: RestCaller, collection: string, at: number): Promise<void> {
  // References need no bytes.
  const entries = [{ path: 'w', reference: `https://example.org/${at}` }]
  const body = { type: 'model', entries }
  const begun = await call({ method: 'POST', path: `${collection}/versions`, body })
  assert.equal(begun.status, 201)
  const path = `${collection}/drafts/${begun.json.id}/commit`
  assert.equal((await call({ method: 'POST', path })).status, 201)
}

function promoteFor(
  { url, adminKey, process: { pid } }: StartedServer,
  { clients, together, alias = ALIAS }: Crowd,
  milliseconds: number,
): Promise<Measured> {
  return putLoad({
    url,
    pid,
    headers: { authorization: `Bearer ${adminKey}` },
    connections: clients,
    milliseconds,
    ask: (client, nth) => ({
      method: 'PUT',
      path: `/api/v1${OWNER}/collections/c${together ? 0 : client}/aliases/${alias}`,
      body: { version: `v${(together ? 2 * client : 0) + (nth % 2)}` },
    }),
  })
}

/** How late the server's event loop was since it was last asked: p99, milliseconds. */
async function readLateness(server: StartedServer, file: string): Promise<number> {
  rmSync(file, { force: true })
  server.process.kill('SIGUSR2')
  for (;;) {
    await sleep(10)
    try {
      return JSON.parse(readFileSync(file, 'utf8')).p99
    } catch {
      // Not yet written, or half.
    }
  }
}

type Counter = (crowd: Crowd) => Promise<string>

/** A promotion's share of those that PostgreSQL did for its log, by its own count. */
function postgresCounter(server: StartedServer, url: string): Counter {
  const count = async () => {
    // What a backend has counted is seen by others after a second.
    await sleep(1_100)
    const rows = await query(url, "select sum(fsyncs) as n from pg_stat_io where object = 'wal'")
    return Number((rows as readonly { readonly n: string }[])[0]?.n)
  }
  return async (crowd) => {
    const before = await count()
    const { requests } = await promoteFor(server, crowd, MILLISECONDS)
    return (((await count()) - before) / requests).toFixed(3)
  }
}

/**
 * A promotion's share of those that strace sees a second server do: its filter lets every other
 * call pass untouched, so that requests come as thick as without it.
 */
async function tracedCounter(t: TestContext, folder: string): Promise<Counter> {
  if (skipStrace !== false) return async () => `MISSING: ${skipStrace}`
  const trace = path.join(folder, 'trace')
  const calls = ['-e', 'trace=fsync,fdatasync', '--seccomp-bpf']
  const server = await startQuiet(t, {
    prefix: ['strace', '-D', '-f', '-qq', ...calls, '-o', trace],
  })
  const count = () => readFileSync(trace, 'utf8').match(/\bf(data)?sync\(/g)?.length ?? 0
  return async (crowd) => {
    const before = count()
    const { requests } = await promoteFor(server, crowd, MILLISECONDS)
    return ((count() - before) / requests).toFixed(3)
  }
}

/** Commits a second of one row each, as durable as ours. */
async function bareCommits(t: TestContext): Promise<number> {
  const folder = mkdtempSync(path.join(tmpdir(), 'bare-commits-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  const script = path.join(import.meta.dirname, 'bare-commits.ts')
  const args = [script, path.join(folder, 'bare.db'), String(MILLISECONDS)]
  const { stdout } = await promisify(execFile)(process.execPath, args)
  return Number(stdout)
}
