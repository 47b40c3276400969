import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { TestContext } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { mlflow, ROOT } from '../e2e/setup.ts'
import { freePort } from '../packages/server/test/free-port.ts'
import { CROWDED, LARGE, type Size } from './large-registry.ts'

export const MLFLOW_API = '/api/2.0/mlflow'
const START_MILLISECONDS = 120_000

/** Why there is no MLflow to compare with, or false when there is. */
export const skipMlflow = mlflow().missing

// It has workers and helpers of its own. When our end of the shell's standard input closes, however
// we end, all of them end.
const KEEPER = '"$@" </dev/null & cat >/dev/null; kill -KILL 0'

export interface Mlflow {
  readonly url: string
  /** The process group of all that it is made of. */
  readonly group: number
}

/**
 * MLflow's server as `mlflow server` starts it, with one worker (its default of several answers a
 * lone keep-alive connection 40 ms late), its database and its artifacts in `folder`.
 */
export async function startMlflow(t: TestContext, folder: string): Promise<Mlflow> {
  const port = await freePort()
  const flags = ['--host', '127.0.0.1', '--port', String(port), '--workers', '1']
  const stores = ['--backend-store-uri', databaseUri(folder)]
  const artifacts = ['--artifacts-destination', path.join(folder, 'artifacts')]
  const server = [mlflow().path, '-m', 'mlflow', 'server', ...flags, ...stores, ...artifacts]
  const child = spawn('sh', ['-c', KEEPER, 'sh', ...server], {
    cwd: folder,
    env: { PATH: process.env.PATH, MLFLOW_DISABLE_TELEMETRY: 'true', HOME: folder },
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  })
  t.after(() => end(child))
  const url = `http://127.0.0.1:${port}`
  const deadline = performance.now() + START_MILLISECONDS
  for (;;) {
    const healthy = await fetch(`${url}/health`).then(
      (answer) => answer.ok,
      () => false,
    )
    if (healthy) return { url, group: child.pid ?? 0 }
    if (performance.now() > deadline) throw new Error('MLflow does not start')
    await sleep(200)
  }
}

/** A filled database; one of the large size stays in `.cache/` for the next time. */
export async function filledMlflow(t: TestContext, size: Size): Promise<string> {
  if (size !== LARGE) {
    const folder = mkdtempSync(path.join(tmpdir(), 'mlflow-filled-'))
    t.after(() => rmSync(folder, { recursive: true, force: true }))
    await fill(folder, size)
    return folder
  }
  const folder = path.join(ROOT, '.cache', 'large-mlflow')
  if (existsSync(folder)) return folder
  const half = `${folder}.half`
  rmSync(half, { recursive: true, force: true })
  mkdirSync(half, { recursive: true })
  await fill(half, size)
  renameSync(half, folder)
  return folder
}

/** The alias `production` of the filled registry's crowded model. */
export const MLFLOW_ALIAS = `${MLFLOW_API}/registered-models/alias?name=${CROWDED}&alias=production`

async function fill(folder: string, size: Size): Promise<void> {
  const script = path.join(import.meta.dirname, 'mlflow_fill.py')
  const { versions, tagsEach } = size.crowded
  const counts = [size.collections, versions, tagsEach].map(String)
  const child = spawn(mlflow().path, [script, databaseUri(folder), ...counts], {
    cwd: folder,
    env: { PATH: process.env.PATH, MLFLOW_DISABLE_TELEMETRY: 'true', HOME: folder },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const [code] = await once(child, 'close')
  if (code !== 0) throw new Error(`mlflow_fill.py ended with ${code}`)
}

function databaseUri(folder: string): string {
  return `sqlite:///${path.join(folder, 'mlflow.db')}`
}

function end(child: ChildProcess): void {
  try {
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL')
  } catch {
    // It has ended by itself.
  }
}
