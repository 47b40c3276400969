// Transfers by the command line, broken off and with the server away.

import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { EXIT } from '../../packages/cli/src/exit-codes.ts'
import { freePort } from '../../packages/server/test/free-port.ts'
import { openSignedIn, PROGRAM } from '../cli.ts'
import { startCuttingProxy } from '../faults/cutting-proxy.ts'
import { startServer } from '../server.ts'

const MIB = 1024 * 1024
const FILE_BYTES = 256 * MIB

/** Long enough for the process to be at work. */
async function until(holds: () => boolean, child: ChildProcess): Promise<void> {
  while (!holds()) {
    assert.equal(child.exitCode, null, 'it ended before it was at work')
    await sleep(5)
  }
}

test('Ctrl-C loses nothing: the same command goes on', async (t) => {
  // Links name the server by its public URL: all bytes take the way that is counted.
  const port = await freePort()
  const counter = await startCuttingProxy(t, `http://127.0.0.1:${port}`, NO_CUTS)
  const server = await startServer(t, {
    port,
    environment: { GREENROOM_PUBLIC_URL: counter.url },
  })
  const shell = await openSignedIn(t, server)
  const file = path.join(shell.folder, 'model.bin')
  writeFileSync(file, '')
  truncateSync(file, FILE_BYTES)
  const start = (...argv: string[]) =>
    spawn(process.execPath, [PROGRAM, ...argv], {
      cwd: shell.folder,
      env: { PATH: process.env.PATH, HOME: shell.folder },
      stdio: ['ignore', 'ignore', 'pipe'],
    })
  const interrupt = async (child: ChildProcess) => {
    let said = ''
    child.stderr?.on('data', (chunk) => {
      said += chunk
    })
    child.kill('SIGINT')
    const [code] = await once(child, 'close')
    assert.equal(code, EXIT.interrupted, said)
    assert.match(said, /^greenroom: Stopped\.\n.* the same command goes on\.\n$/)
  }
  const push = start('push', 'model.bin', 'demo/c')
  await until(() => counter.bytes.up > 32 * MIB, push)
  await interrupt(push)
  const { code, stdout } = await shell.greenroom('push', 'model.bin', 'demo/c', '--json')
  assert.deepEqual([code, JSON.parse(stdout).version], [0, 'v0'])
  assert.ok(counter.bytes.up < FILE_BYTES + 32 * MIB, `${counter.bytes.up} bytes went up`)

  const before = counter.bytes.down
  const pull = start('pull', 'demo/c', 'there')
  await until(() => counter.bytes.down > before + 32 * MIB, pull)
  await interrupt(pull)
  assert.equal(existsSync(path.join(shell.folder, 'there', 'model.bin')), false)
  const again = await shell.greenroom('pull', 'demo/c', 'there')
  assert.equal(again.code, 0, again.stderr)
  const down = counter.bytes.down - before
  assert.ok(down < FILE_BYTES + 32 * MIB, `${down} bytes came down`)
  assert.ok(readFileSync(path.join(shell.folder, 'there', 'model.bin')).every((byte) => byte === 0))
})

const NO_CUTS = { cuts: 0, everyBytes: 1, watches: 'up' } as const

test('with the server away the last known good is served by policy, and said', async (t) => {
  const server = await startServer(t)
  const shell = await openSignedIn(t, server)
  const weights = randomBytes(20_000)
  writeFileSync(path.join(shell.folder, 'model.bin'), weights)
  await shell.greenroom('push', 'model.bin', 'demo/c', '--alias', 'production')
  const pull = (...words: string[]) =>
    shell.greenroom('pull', 'demo/c:production', 'live', ...words)
  assert.equal((await pull()).code, 0)
  await server.stop()

  const failed = await pull()
  assert.equal(failed.code, EXIT.unreachable)
  const stale = await pull('--policy', 'stale-ok:24h')
  assert.equal(stale.code, 0, stale.stderr)
  assert.match(stale.stderr, /does not answer: this is the last known good, of 2\d{3}-/)
  writeFileSync(path.join(shell.folder, 'live', 'model.bin'), 'spoilt')
  const document = JSON.parse((await pull('--policy', 'stale-ok:1h', '--json')).stdout)
  assert.deepEqual([document.stale, document.version, document.fetchedBytes], [true, 'v0', 0])
  assert.deepEqual(readFileSync(path.join(shell.folder, 'live', 'model.bin')), weights)
  assert.equal((await pull('--policy', 'stale-ok:0s')).code, EXIT.unreachable)
  const wrong = await pull('--policy', 'whatever')
  assert.equal(wrong.code, EXIT.usage)
  assert.match(wrong.stderr, /none of "fail", "stale-ok:24h"/)
})
