import { spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import { constants } from 'node:os'
import { UsageError } from './usage-error.ts'

/**
 * Runs the server's own program as if it were this process: its streams are ours, signals go to it,
 * its exit code is ours. Throws `UsageError` where the server is not installed.
 */
export function handOver(argv: readonly string[]): Promise<number> {
  const child = spawn(process.execPath, [serverMain(), ...argv], { stdio: 'inherit' })
  const terminal = [process.stdin, process.stdout, process.stderr].some(({ isTTY }) => isTTY)
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      // A terminal sends Ctrl-C to the whole group: the child has it already.
      if (signal !== 'SIGINT' || !terminal) child.kill(signal)
    })
  }
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (code, signal) =>
      resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal])),
    )
  })
}

function serverMain(): string {
  try {
    return createRequire(import.meta.url).resolve('@greenroom/server/dist/main.js')
  } catch (error) {
    throw new UsageError(
      'The server is not installed beside this command, so it has no serve, verify, collect, ' +
        'backup, restore or config. Run it in a clone of Greenroom, once "npm start" built it.',
      { cause: error },
    )
  }
}
