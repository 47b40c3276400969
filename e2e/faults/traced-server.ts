import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createInterface } from 'node:readline'
import type { TestContext } from 'node:test'
import { ROOT } from '../setup.ts'
import { type Call, parseTrace } from './strace.ts'

// From the sources, so that a planted bug is in it.
const MAIN = path.join(ROOT, 'packages', 'server', 'src', 'main.ts')
const START_LIMIT_MILLISECONDS = 60_000

export interface TracedServer {
  readonly url: string
  readonly adminKey: string
  /** Its exit code, when it has one. */
  readonly ended: Promise<number | null>
  /** Stops or kills it, and gives its calls since the start. */
  readonly end: (signal?: 'SIGTERM' | 'SIGKILL') => Promise<readonly Call[]>
}

/** A server under strace, with options of strace's own, such as calls to trace or to let fail. */
export async function startTraced(
  t: TestContext,
  given: { readonly options: readonly string[]; readonly dataFolder?: string },
): Promise<TracedServer> {
  const folder = mkdtempSync(path.join(tmpdir(), 'greenroom-strace-'))
  const output = path.join(folder, 'trace')
  const dataFolder = given.dataFolder ?? path.join(folder, 'data')
  const adminKey = 'a'.repeat(40)
  const strace = ['-D', '-f', '-y', '-s', '64', ...given.options, '-o', output]
  const serve = ['serve', '--port', '0', '--data', dataFolder]
  const child = spawn('strace', [...strace, process.execPath, MAIN, ...serve], {
    env: { PATH: process.env.PATH, GREENROOM_ADMIN_KEY: adminKey, GREENROOM_LOG_FORMAT: 'json' },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = once(child, 'exit').then(([code]: (number | null)[]) => code ?? null)
  // With -D strace stands aside: the child is the server itself, which a signal ends.
  const end: TracedServer['end'] = async (signal = 'SIGTERM') => {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill(signal)
      await ended
    }
    return parseTrace(readFileSync(output, 'utf8'))
  }
  t.after(async () => {
    await end()
    rmSync(folder, { recursive: true, force: true })
  })
  return { url: await urlOf(child.stdout), adminKey, ended, end }
}

function urlOf(stdout: NodeJS.ReadableStream): Promise<string> {
  return new Promise((resolve, reject) => {
    const late = () => reject(new Error('the server did not start in time'))
    const timer = setTimeout(late, START_LIMIT_MILLISECONDS)
    createInterface({ input: stdout }).on('line', (line) => {
      const url = /"url":"([^"]+)".*"msg":"serving"/.exec(line)?.[1]
      if (url === undefined) return
      clearTimeout(timer)
      resolve(url)
    })
  })
}
