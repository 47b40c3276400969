import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { TestContext } from 'node:test'
import type { StartedServer } from './server.ts'
import { ROOT } from './setup.ts'

/** What `npx greenroom` runs in the clone, once it is built. */
export const PROGRAM = path.join(ROOT, 'packages', 'cli', 'bin', 'greenroom.js')
const LIMIT_MILLISECONDS = 180_000

export interface Ended {
  readonly stdout: string
  readonly stderr: string
  readonly code: number | null
}

/** A person with a shell: a home that nothing was in, a folder, and the command. */
export interface Shell {
  /** Its home, and where it stands. */
  readonly folder: string
  /** Runs `greenroom` to its end, all its streams being pipes. */
  greenroom(...argv: readonly string[]): Promise<Ended>
  /** The same with that on stdin, and more in the environment. */
  run(options: RunOptions, ...argv: readonly string[]): Promise<Ended>
  /** Starts it, and lets it run until it is stopped or the test ends. */
  start(...argv: readonly string[]): { stop(): Promise<void> }
}

export interface RunOptions {
  readonly stdin?: string
  readonly environment?: Readonly<Record<string, string>>
}

/** Opens a shell that is gone with the test. */
export function openShell(t: TestContext): Shell {
  const folder = mkdtempSync(path.join(tmpdir(), 'greenroom-cli-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  const run: Shell['run'] = ({ stdin = '', environment = {} }, ...argv) => {
    const child = spawn(process.execPath, [PROGRAM, ...argv], {
      cwd: folder,
      env: { PATH: process.env.PATH, HOME: folder, ...environment },
      timeout: LIMIT_MILLISECONDS,
    })
    const ended = { stdout: '', stderr: '' }
    for (const stream of ['stdout', 'stderr'] as const)
      child[stream].setEncoding('utf8').on('data', (text: string) => {
        ended[stream] += text
      })
    child.stdin.on('error', () => {})
    child.stdin.end(stdin)
    return new Promise((resolve, reject) => {
      child.once('error', reject)
      child.once('close', (code) => resolve({ ...ended, code }))
    })
  }
  const start: Shell['start'] = (...argv) => {
    const child = spawn(process.execPath, [PROGRAM, ...argv], {
      cwd: folder,
      env: { PATH: process.env.PATH, HOME: folder },
      stdio: 'ignore',
    })
    const stop = async () => {
      if (child.exitCode !== null || child.signalCode !== null) return
      child.kill('SIGTERM')
      await once(child, 'exit')
    }
    t.after(stop)
    return { stop }
  }
  return { folder, greenroom: (...argv) => run({}, ...argv), run, start }
}

/** The same, signed in as the server's administrator. */
export async function openSignedIn(t: TestContext, server: StartedServer): Promise<Shell> {
  const shell = openShell(t)
  const { code, stderr } = await shell.run({ stdin: server.adminKey }, 'login', server.url)
  if (code !== 0) throw new Error(`login ended with ${code}: ${stderr}`)
  return shell
}
