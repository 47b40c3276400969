// Runs scripts of the official wandb client, unmodified, against a started server.

import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { TestContext } from 'node:test'
import { promisify } from 'node:util'
import { callerOf, type RestCaller } from '../rest.ts'
import { type StartedServer, startServer } from '../server.ts'
import { type Prepared, pythonWith } from '../setup.ts'

const LIMIT_MILLISECONDS = 400_000

export interface Client {
  readonly server: StartedServer
  readonly rest: RestCaller
  /** Runs a script of this folder, or of another, in folders that nothing was in before. */
  run(script: string, ...args: readonly string[]): Promise<string>
  /** The same with another key than the administrator's. */
  runAs(key: string, script: string, ...args: readonly string[]): Promise<string>
}

/** A server of its own for a test, and the client that talks to it. */
export async function clientOf(
  t: TestContext,
  python: Prepared = pythonWith('wandb'),
  environment: Readonly<Record<string, string>> = {},
): Promise<Client> {
  const server = await startServer(t, { environment })
  const runAs = async (key: string, script: string, ...args: readonly string[]) => {
    const folder = mkdtempSync(path.join(tmpdir(), 'greenroom-wandb-'))
    t.after(() => rmSync(folder, { recursive: true, force: true }))
    const { stdout } = await promisify(execFile)(
      python.path,
      [path.resolve(import.meta.dirname, script), ...args],
      { env: freshEnvironment(server.url, key, folder), cwd: folder, timeout: LIMIT_MILLISECONDS },
    )
    return stdout
  }
  const { url, adminKey } = server
  const run: Client['run'] = (script, ...args) => runAs(adminKey, script, ...args)
  return { server, rest: callerOf(url, adminKey), run, runAs }
}

/** The client's cache hides a server's faults: each script begins with empty folders. */
function freshEnvironment(url: string, key: string, folder: string) {
  const folders = ['CACHE_DIR', 'ARTIFACT_DIR', 'DATA_DIR', 'CONFIG_DIR', 'DIR'].map((name) => {
    const place = path.join(folder, name.toLowerCase())
    mkdirSync(place)
    return [`WANDB_${name}`, place]
  })
  return {
    PATH: process.env.PATH,
    HOME: folder,
    WANDB_BASE_URL: url,
    WANDB_API_KEY: key,
    WANDB_ERROR_REPORTING: 'false',
    WANDB_SILENT: 'true',
    ...Object.fromEntries(folders),
  }
}

/** What a script of ours prints last: a JSON object. */
export function told(stdout: string): Record<string, unknown> {
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '')
}
