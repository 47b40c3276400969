// Somebody who has only the README: from a fresh copy to a promoted and pulled model, and on.

import assert from 'node:assert/strict'
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { type TestContext, test } from 'node:test'
import { promisify } from 'node:util'
import { freePort } from '../../packages/server/test/free-port.ts'
import { PATH_OUTSIDE, ROOT } from '../setup.ts'

/** What no clone has. */
const MADE_HERE = /(^|\/)(node_modules|dist|\.git|\.setup|\.cache|greenroom-data)$|\.tsbuildinfo$/
const START_LIMIT_MILLISECONDS = 400_000
const README = readFileSync(path.join(ROOT, 'README.md'), 'utf8')

test("five commands of the README, on the machine's own Node and npm", async (t) => {
  const home = mkdtempSync(path.join(tmpdir(), 'greenroom-stranger-'))
  t.after(() => rmSync(home, { recursive: true, force: true }))
  const clone = path.join(home, 'greenroom')
  cpSync(ROOT, clone, {
    recursive: true,
    verbatimSymlinks: true,
    filter: (source) => source === ROOT || !MADE_HERE.test(path.relative(ROOT, source)),
  })
  writeFileSync(path.join(clone, 'model.bin'), 'weights')
  const url = `http://127.0.0.1:${await freePort()}`

  const [start = ''] = commandsAfter('## Start').filter((line) => !line.startsWith('git '))
  const story = commandsAfter('### With the command line')
  assert.equal([start, ...story].length, 5)
  const first = await startClone(t, { start, clone, url })
  assert.match(first.printed(), /Installed in/)
  // No terminal: the README says where the key lies then.
  const commands = story
    .map((line) => line.replace('http://127.0.0.1:4747', url))
    .map((line) => (/ login /.test(line) ? `${line} --key-file greenroom-data/admin.key` : line))
  for (const command of commands) await shell(clone, command)
  assert.equal(readFileSync(path.join(clone, 'model', 'model.bin'), 'utf8'), 'weights')
  await first.stop()

  // The second start takes neither a build nor a network, and everything is still there.
  const second = await startClone(t, { start, clone, url, environment: OFFLINE })
  assert.doesNotMatch(second.printed(), /Install|built/)
  const { stdout } = await shell(clone, 'npx greenroom resolve demo/image-classifier:production')
  assert.match(stdout, /^admin\/demo\/image-classifier:v0\n/)
  await second.stop()
})

const OFFLINE = { npm_config_offline: 'true', npm_config_registry: 'http://127.0.0.1:9' }

function commandsAfter(heading: string): string[] {
  const [, section = ''] = README.split(`${heading}\n`)
  const code = /```sh\n(.*?)```/s.exec(section)?.[1] ?? ''
  return code.split('\n').filter((line) => line !== '')
}

function environmentOf(clone: string): NodeJS.ProcessEnv {
  const home = path.join(path.dirname(clone), 'home')
  mkdirSync(home, { recursive: true })
  return {
    PATH: PATH_OUTSIDE,
    HOME: home,
    // What this machine has fetched already: the packages of this very lockfile.
    npm_config_cache: process.env.npm_config_cache ?? path.join(process.env.HOME ?? '', '.npm'),
    npm_config_prefer_offline: 'true',
    npm_config_update_notifier: 'false',
  }
}

function shell(clone: string, command: string): Promise<{ stdout: string }> {
  const options = { cwd: clone, env: environmentOf(clone), timeout: 180_000 }
  return promisify(execFile)('bash', ['-euc', command], options)
}

interface Start {
  readonly start: string
  readonly clone: string
  readonly url: string
  readonly environment?: Readonly<Record<string, string>>
}

/** Runs `npm start` until the server is ready. */
async function startClone(t: TestContext, { start, clone, url, environment }: Start) {
  const child = spawn('bash', ['-c', `exec ${start} -- --port ${new URL(url).port}`], {
    cwd: clone,
    env: { ...environmentOf(clone), ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const stop = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return
    child.kill('SIGTERM')
    await once(child, 'exit')
  }
  t.after(stop)
  let printed = ''
  await new Promise<void>((resolve, reject) => {
    const fail = (why: string) => reject(new Error(`npm start ${why}:\n${printed}`))
    const timer = setTimeout(() => fail('did not serve in time'), START_LIMIT_MILLISECONDS)
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => {
        printed += text
        if (!printed.includes('"msg":"serving"')) return
        clearTimeout(timer)
        resolve()
      })
    child.once('exit', () => {
      clearTimeout(timer)
      fail('ended')
    })
  })
  return { stop, printed: () => printed }
}
