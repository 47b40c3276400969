import { rmSync } from 'node:fs'
import path from 'node:path'
import { type TestContext, test } from 'node:test'
import { clientOf, told } from '../e2e/clients/wandb-client.ts'
import { pythonWith } from '../e2e/setup.ts'
import {
  type FileSet,
  hasOpenssl,
  rounds,
  settle,
  temporaryFolder,
  timeCopy,
  writeFiles,
} from './file-sets.ts'
import { cpuMicroseconds } from './load.ts'
import { ratios, report, show, tableOf } from './report.ts'

const ROUNDS = rounds()
const KIB = 1024
const GIB = KIB ** 3
const python = pythonWith('wandb')
const SCRIPT = path.join(import.meta.dirname, 'wandb_log_and_pull.py')

type Set = Omit<FileSet, 'forMlflow'>

const QUICK: readonly Set[] = [
  { name: '1 × 64 MiB', files: 1, bytesEach: GIB / 16 },
  { name: '100 × 4 KiB', files: 100, bytesEach: 4 * KIB },
]
const USUAL: readonly Set[] = [
  { name: '1 × 1 GiB', files: 1, bytesEach: GIB },
  { name: '2,000 × 4 KiB', files: 2_000, bytesEach: 4 * KIB },
]

/** Seconds. */
interface Measured {
  readonly copy: number
  /** What the client does alone: it hashes, and copies to its staging folder. */
  readonly add: number
  readonly log: number
  readonly download: number
  /** Of the server, user and system. */
  readonly cpu: number
}

test('B4w: log and download by the wandb client', { skip: python.missing }, async (t) => {
  const rows: string[][] = []
  for (const set of process.argv.includes('--quick') ? QUICK : USUAL) {
    const folder = temporaryFolder(t, 'b4w')
    const source = path.join(folder, 'source')
    await writeFiles(source, set.files, set.bytesEach)
    const measured: Measured[] = []
    for (let round = 1; round <= ROUNDS; round++)
      await t.test(`${set.name}, round ${round}`, async (inner) => {
        const copy = await timeCopy(source, path.join(folder, 'copy'), 'md5')
        measured.push({ copy, ...(await timeClient(inner, source, folder)) })
      })
    rows.push(row(set, measured))
    rmSync(folder, { recursive: true })
  }
  report('B4w', 'log and download by the wandb client', [
    `${ROUNDS} rounds in turn, each into a fresh server by a fresh process of the official client;`,
    'seconds. The anchor is `cp`, `openssl dgst -md5` and fsync of the same files, one after',
    'another. *add* is what the client does alone (it hashes, and copies to its staging folder),',
    '*log* is `log_artifact` until `wait()` returns, *download* writes to an empty folder.',
    ...(hasOpenssl ? [] : ['MISSING (openssl: run "npm run setup").']),
    '',
    ...tableOf(
      ['add', 'log', 'download', 'copy', 'copy ÷ log', 'copy ÷ download', 'server CPU s'],
      rows,
    ),
  ])
})

function row(set: Set, measured: readonly Measured[]): string[] {
  const of = (name: keyof Measured) => measured.map((one) => one[name])
  return [
    set.name,
    show(of('add'), 2),
    show(of('log'), 2),
    show(of('download'), 2),
    show(of('copy'), 2),
    show(ratios(of('copy'), of('log')), 2),
    show(ratios(of('copy'), of('download')), 2),
    show(of('cpu'), 2),
  ]
}

async function timeClient(
  t: TestContext,
  source: string,
  folder: string,
): Promise<Omit<Measured, 'copy'>> {
  const { server, run } = await clientOf(t, python)
  server.process.stdout?.removeAllListeners('data').resume()
  await settle()
  const cpuBefore = cpuMicroseconds(server.process.pid)
  const target = path.join(folder, 'downloaded')
  const { add, log, download } = told(await run(SCRIPT, source, target))
  const cpu = (cpuMicroseconds(server.process.pid) - cpuBefore) / 1e6
  rmSync(target, { recursive: true })
  return { add: Number(add), log: Number(log), download: Number(download), cpu }
}
