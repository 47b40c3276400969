// npm start: installs when the lockfile has changed, builds when sources have, then runs the
// server. `npm start -- --port 0` hands `--port 0` to it.

import { spawn } from 'node:child_process'
import path from 'node:path'
import {
  build,
  buildPage,
  bundleServer,
  giveUp,
  install,
  ROOT,
  requireNode,
  serverNode,
} from './toolchain.mjs'

requireNode()
await install()
// The command line with it, so that `npx greenroom` works in the clone beside its server.
if ((await build('packages/server', 'packages/cli')) !== 0) {
  giveUp('Greenroom does not compile; what tsc says stands above.')
}
if ((await bundleServer()) !== 0) giveUp('The server cannot be built; why stands above.')
if ((await buildPage()) !== 0) giveUp('The page cannot be built; what vite says stands above.')
const main = path.join(ROOT, 'packages', 'server', 'dist', 'main.js')
standFor(serverNode(), [main, 'serve', ...process.argv.slice(2)])

/** Runs the program as if it were this process: signals go to it, its end is ours. */
function standFor(program, args) {
  const child = spawn(program, args, { stdio: 'inherit' })
  child.once('error', (error) => giveUp(`${program}: ${error.message}`))
  const terminal = [process.stdin, process.stdout, process.stderr].some(({ isTTY }) => isTTY)
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => {
      // A terminal sends Ctrl-C to the whole group, and npm once more: the server has it already,
      // and would take a second one for "at once".
      if (signal !== 'SIGINT' || !terminal) child.kill(signal)
    })
  }
  child.once('exit', (code, signal) => {
    if (signal === null) process.exit(code)
    process.removeAllListeners(signal)
    process.kill(process.pid, signal)
  })
}
