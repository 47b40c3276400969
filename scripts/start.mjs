// npm start: installs when the lockfile has changed, builds when sources have, then becomes the
// server. `npm start -- --port 0` hands `--port 0` to it.

import { spawn } from 'node:child_process'
import path from 'node:path'
import { build, giveUp, install, ROOT, requireNode, say, serverNode } from './toolchain.mjs'

requireNode()
await install()
if ((await build('packages/server')) !== 0) {
  giveUp('The server does not compile; what tsc says stands above.')
}
const program = serverNode()
const main = path.join(ROOT, 'packages', 'server', 'dist', 'main.js')
become(program, [main, 'serve', ...process.argv.slice(2)])

/** Replaces this process by the program; where Node cannot, stands before it as if it had. */
function become(program, args) {
  if (typeof process.execve === 'function' && process.platform !== 'win32') {
    process.execve(program, [program, ...args], process.env)
  }
  const child = spawn(program, args, { stdio: 'inherit' })
  child.once('error', (error) => giveUp(`${program}: ${error.message}`))
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => {
      // A terminal's Ctrl-C reaches the whole group: the server has it already.
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal)
    })
  }
  child.once('exit', (code, signal) => {
    if (signal === null) process.exit(code)
    say(`The server was ended by ${signal}.`)
    process.removeAllListeners(signal)
    process.kill(process.pid, signal)
  })
}
