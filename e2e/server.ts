import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createInterface } from 'node:readline'
import type { TestContext } from 'node:test'
import { ROOT } from './setup.ts'

const START_LIMIT_MILLISECONDS = 60_000

export interface ServerOptions {
  /** An existing folder that stays; without it a fresh one that goes when the test ends. */
  readonly dataFolder?: string
  /** Without it any free one. */
  readonly port?: number
  readonly environment?: Readonly<Record<string, string>>
  /** A command that starts the one behind it, such as `unshare … sh -c '… exec "$@"' sh`. */
  readonly prefix?: readonly string[]
}

/** The built server in a process of its own. */
export interface StartedServer {
  readonly url: string
  /** The key of the user `admin`. */
  readonly adminKey: string
  readonly process: ChildProcess
  /** Ends it as an operator would, and gives its exit code. */
  stop(): Promise<number | null>
}

/**
 * Starts `packages/server/dist/main.js`, which `scripts/test.mjs` has built, on 127.0.0.1. Gives it
 * once it serves, and ends it with the test. Throws with what it printed when it does not start.
 */
export async function startServer(
  t: TestContext,
  options: ServerOptions = {},
): Promise<StartedServer> {
  const dataFolder = options.dataFolder ?? mkdtempSync(path.join(tmpdir(), 'greenroom-'))
  const adminKey = 'a'.repeat(40)
  const flags = ['--port', String(options.port ?? 0), '--data', dataFolder, '--log-format', 'json']
  const [program = '', ...given] = [...(options.prefix ?? []), process.execPath, MAIN, 'serve']
  const child = spawn(program, [...given, ...flags], {
    env: {
      // Nothing of the caller's: a DATABASE_URL of theirs is not for tests.
      PATH: process.env.PATH,
      GREENROOM_ADMIN_KEY: adminKey,
      // One token asks for a whole crowd here.
      GREENROOM_RATE_LIMIT: '0',
      ...options.environment,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const stop = async () => {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGTERM')
      await once(child, 'exit')
    }
    return child.exitCode
  }
  t.after(async () => {
    await stop()
    if (options.dataFolder === undefined) rmSync(dataFolder, { recursive: true, force: true })
  })
  return { url: await urlOf(child), adminKey, process: child, stop }
}

const MAIN = path.join(ROOT, 'packages', 'server', 'dist', 'main.js')

/** Runs an operator's verb, which must succeed, and gives what it printed. */
export async function greenroom(...argv: readonly string[]): Promise<string> {
  const child = spawn(process.execPath, [MAIN, ...argv], { env: {} })
  let printed = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk) => {
      printed += String(chunk)
    })
  const [code] = await once(child, 'close')
  assert.equal(code, 0, `greenroom ${argv[0]}: ${printed}`)
  return printed
}

/** Reads the log until it says where the server is, then lets it run on unread. */
function urlOf(child: ChildProcess): Promise<string> {
  let printed = ''
  return new Promise((resolve, reject) => {
    const fail = (why: string) => reject(new Error(`the server ${why}:\n${printed}`))
    const timer = setTimeout(() => fail('did not start in time'), START_LIMIT_MILLISECONDS)
    for (const stream of [child.stdout, child.stderr]) {
      if (stream === null) continue
      createInterface({ input: stream }).on('line', (line) => {
        printed += `${line}\n`
        const serving = /"url":"([^"]+)".*"msg":"serving"/.exec(line)
        if (serving?.[1] === undefined) return
        clearTimeout(timer)
        resolve(serving[1])
      })
    }
    child.once('exit', (code, signal) => {
      clearTimeout(timer)
      fail(`ended (${signal ?? `exit code ${code}`})`)
    })
  })
}
