import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdirSync, rmSync } from 'node:fs'
import path from 'node:path'
import { type TestContext, test } from 'node:test'
import { promisify } from 'node:util'
import { startServer } from '../e2e/server.ts'
import { mlflow } from '../e2e/setup.ts'
import { createClient } from '../packages/sdk/src/client.ts'
import { push } from '../packages/sdk/src/node/push.ts'
import {
  type FileSet,
  fileSets,
  hasOpenssl,
  rounds,
  secondsOf,
  settle,
  temporaryFolder,
  timeCopy,
  writeFiles,
} from './file-sets.ts'
import { cpuMicroseconds } from './load.ts'
import { skipMlflow, startMlflow } from './mlflow.ts'
import { ratios, report, show, tableOf } from './report.ts'

const ROUNDS = rounds()
const OWNER = { kind: 'project', entity: 'admin', name: 'bench' } as const

interface Logged {
  readonly copy: number
  readonly push: number
  /** Of the server, user and system. */
  readonly cpu: number
  /** Scaled to all files; NaN without MLflow. */
  readonly mlflow: number
}

test('B4: log a version', async (t) => {
  const rows: string[][] = []
  const artifacts = await mlflowIn(t)
  for (const set of fileSets()) {
    const folder = temporaryFolder(t, 'b4')
    const source = path.join(folder, 'source')
    await writeFiles(source, set.files, set.bytesEach)
    const some = path.join(folder, 'some')
    await secondsOf(SOME, source, some, String(set.forMlflow))
    const logged: Logged[] = []
    for (let round = 0; round < ROUNDS; round++)
      logged.push({
        copy: await timeCopy(source, path.join(folder, 'copy'), 'sha256'),
        ...(await timePush(t, source, folder)),
        mlflow: await timeMlflow(artifacts, some, set),
      })
    rows.push(row(set, logged))
    rmSync(folder, { recursive: true })
  }
  report('B4', 'log a version', [
    `${ROUNDS} rounds in turn, each into a fresh server; seconds. The anchor is \`cp\`, \`openssl`,
    'dgst -sha256` and fsync of the same files, one after another. Ours is the whole `push` of the',
    'SDK: digests of all files, the manifest, the bytes it misses, the commit. MLflow is its',
    'client through the artifact proxy of its server, without any fsync, of fewer files where',
    'there are many, scaled. With `GREENROOM_BENCH_FULL=1` it is 10 GiB, 2,000 and 20,000 files.',
    ...(hasOpenssl ? [] : ['MISSING (openssl: run "npm run setup").']),
    ...(skipMlflow === false ? [] : [`MISSING (${skipMlflow}).`]),
    '',
    ...tableOf(['push', 'copy', 'copy ÷ push', 'server CPU s', 'MLflow', 'MLflow ÷ push'], rows),
  ])
})

const SOME = 'mkdir "$2"; ls "$1" | head -n "$3" | while read f; do cp "$1/$f" "$2/"; done'

function row(set: FileSet, logged: readonly Logged[]): string[] {
  const of = (pick: (one: Logged) => number) => logged.map(pick)
  const pushes = of(({ push }) => push)
  const copies = of(({ copy }) => copy)
  const theirs = of((one) => one.mlflow)
  return [
    set.name,
    show(pushes, 2),
    show(copies, 2),
    show(ratios(copies, pushes), 2),
    show(
      of(({ cpu }) => cpu),
      2,
    ),
    show(theirs, 2),
    show(ratios(theirs, pushes), 1),
  ]
}

async function timePush(
  t: TestContext,
  source: string,
  folder: string,
): Promise<{ readonly push: number; readonly cpu: number }> {
  const dataFolder = path.join(folder, 'data')
  const cacheFolder = path.join(folder, 'cache')
  const server = await startServer(t, { dataFolder })
  server.process.stdout?.removeAllListeners('data').resume()
  const client = createClient({ url: server.url, key: server.adminKey })
  const log = (collection: string, place: string) =>
    push(client, { owner: OWNER, name: collection }, place, { type: 'model' }, { cacheFolder })
  // One that is just started still writes down its compiled code.
  await log('first', import.meta.filename)
  await settle()
  const cpuBefore = cpuMicroseconds(server.process.pid)
  const begun = performance.now()
  const version = await log('c', source)
  const seconds = (performance.now() - begun) / 1000
  const cpu = (cpuMicroseconds(server.process.pid) - cpuBefore) / 1e6
  assert.equal(version.created, true)
  await server.stop()
  rmSync(dataFolder, { recursive: true })
  rmSync(cacheFolder, { recursive: true, force: true })
  return { push: seconds, cpu }
}

async function mlflowIn(t: TestContext): Promise<string | undefined> {
  if (skipMlflow !== false) return undefined
  const folder = temporaryFolder(t, 'mlflow')
  mkdirSync(path.join(folder, 'artifacts'))
  return (await startMlflow(t, folder)).url
}

async function timeMlflow(
  url: string | undefined,
  some: string,
  { files, forMlflow }: FileSet,
): Promise<number> {
  if (url === undefined) return Number.NaN
  await settle()
  const script = path.join(import.meta.dirname, 'mlflow_artifacts.py')
  const { stdout } = await promisify(execFile)(mlflow().path, [script, url, some])
  // It also says where its run is to be seen.
  const seconds = Number(stdout.trim().split('\n').at(-1))
  return (seconds * files) / forMlflow
}
