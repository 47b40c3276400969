import { execFileSync, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { type TestContext, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { type StartedServer, startServer } from '../e2e/server.ts'
import { ADMIN_KEY, collectionName, LARGE, largeRegistry, SMALL } from './large-registry.ts'
import { putLoad } from './load.ts'
import { skipMlflow, startMlflow } from './mlflow.ts'
import { report, show, tableOf } from './report.ts'

const QUICK = process.argv.includes('--quick')
const ROUNDS = QUICK ? 2 : 9
const MLFLOW_ROUNDS = QUICK ? 1 : 3
const SIZE = QUICK ? SMALL : LARGE
const CONNECTIONS = 32
const LOAD_MILLISECONDS = QUICK ? 500 : 5_000

/** Of each start: milliseconds, and MiB of memory once it is idle. */
interface Starts {
  readonly milliseconds: number[]
  readonly idle: number[]
}

test('B9: start to the first answer, and memory', async (t) => {
  const folder = mkdtempSync(path.join(tmpdir(), 'greenroom-start-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  const bare = startsOf()
  const first = startsOf()
  const again = startsOf()
  const large = startsOf()
  const mlflow = startsOf()
  const filled = await largeRegistry(t, SIZE)
  for (let round = 0; round < ROUNDS; round++) {
    note(bare, await startBare())
    note(first, await start(t, path.join(folder, `fresh-${round}`)))
    note(again, await start(t, path.join(folder, `fresh-${round}`)))
    note(large, await start(t, filled))
    if (skipMlflow === false && round < MLFLOW_ROUNDS)
      note(mlflow, await startTheirs(t, path.join(folder, `mlflow-${round}`)))
  }
  const row = (name: string, { milliseconds, idle }: Starts) => [
    name,
    show(milliseconds),
    show(idle),
  ]
  const versions = SIZE.collections * SIZE.versionsEach + SIZE.crowded.versions
  report('B9', 'start to the first answer, and memory (the built server)', [
    `${ROUNDS} starts each (MLflow: ${MLFLOW_ROUNDS}), in turn; milliseconds from spawn to 200 and`,
    'MiB of resident memory a second later; median (lowest–highest).',
    ...(skipMlflow === false ? [] : [`MISSING (${skipMlflow}).`]),
    '',
    ...tableOf(
      ['ms', 'MiB idle'],
      [
        row('a bare `node:http` server in a fresh process', bare),
        row('Greenroom, fresh data folder, to `/readyz`', first),
        row('Greenroom, the same folder again', again),
        row(`Greenroom with ${versions} versions`, large),
        row('MLflow, fresh folder, to `/health`, one worker', mlflow),
      ],
    ),
    '',
    `With ${versions} versions, ${CONNECTIONS} connections that resolve another alias each time`,
    `for ${LOAD_MILLISECONDS / 1000} s: ${(await loaded(t, filled)).toFixed(0)} MiB at the most.`,
  ])
})

function startsOf(): Starts {
  return { milliseconds: [], idle: [] }
}

interface Start {
  readonly taken: number
  readonly memory: number
}

function note(starts: Starts, { taken, memory }: Start): void {
  starts.milliseconds.push(taken)
  starts.idle.push(memory)
}

async function start(t: TestContext, dataFolder: string): Promise<Start> {
  const begun = performance.now()
  const server = await startServer(t, { dataFolder })
  const answer = await fetch(`${server.url}/readyz`)
  const taken = performance.now() - begun
  if (answer.status !== 200) throw new Error(`/readyz says ${answer.status}`)
  await sleep(1_000)
  const memory = memoryOf(server.process.pid, 'VmRSS')
  await server.stop()
  return { taken, memory }
}

async function startBare(): Promise<Start> {
  const begun = performance.now()
  const child = fork(path.join(import.meta.dirname, 'bare-server.ts'))
  child.send({ body: '{"status":"ready"}' })
  const [{ port }] = (await once(child, 'message')) as [{ readonly port: number }]
  await (await fetch(`http://127.0.0.1:${port}/`)).text()
  const taken = performance.now() - begun
  const memory = memoryOf(child.pid, 'VmRSS')
  child.kill()
  await once(child, 'exit')
  return { taken, memory }
}

async function startTheirs(t: TestContext, folder: string): Promise<Start> {
  mkdirSync(folder)
  const begun = performance.now()
  const { group } = await startMlflow(t, folder)
  const taken = performance.now() - begun
  await sleep(1_000)
  // Kibibytes, a line for each process of the group.
  const lines = execFileSync('ps', ['-o', 'pgid=,rss=', '-e'], { encoding: 'utf8' }).split('\n')
  const rows = lines.map((line) => line.trim().split(/\s+/).map(Number))
  const memory = rows.reduce((sum, [of, rss = 0]) => sum + (of === group ? rss : 0), 0) / 1024
  process.kill(-group, 'SIGKILL')
  return { taken, memory }
}

/** The most that a server of many versions ever had, MiB. */
async function loaded(t: TestContext, dataFolder: string): Promise<number> {
  const server: StartedServer = await startServer(t, { dataFolder })
  server.process.stdout?.removeAllListeners('data').resume()
  const of = '/api/v1/projects/admin/bench/collections'
  let asked = 0
  await putLoad({
    url: server.url,
    pid: server.process.pid,
    headers: { authorization: `Bearer ${ADMIN_KEY}` },
    connections: CONNECTIONS,
    milliseconds: LOAD_MILLISECONDS,
    ask: () => {
      const name = collectionName((asked++ * 7_919) % SIZE.collections)
      return { method: 'GET', path: `${of}/${name}/resolve/production` }
    },
  })
  const most = memoryOf(server.process.pid, 'VmHWM')
  await server.stop()
  return most
}

/** MiB that are, or ever were, resident; not a number where there is no `/proc`. */
function memoryOf(pid: number | undefined, field: 'VmRSS' | 'VmHWM'): number {
  if (process.platform !== 'linux') return Number.NaN
  const [, kib] = new RegExp(`${field}:\\s+(\\d+)`).exec(readStatus(pid)) ?? []
  return Number(kib) / 1024
}

function readStatus(pid: number | undefined): string {
  return readFileSync(`/proc/${pid}/status`, 'utf8')
}
