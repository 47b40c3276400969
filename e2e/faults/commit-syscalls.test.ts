import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { type TestContext, test } from 'node:test'
import { callerOf } from '../rest.ts'
import { ROOT } from '../setup.ts'
import { assertBefore, type Call, matching, parseTrace, skipStrace } from './strace.ts'

// Tried by hand: with `synchronous` NORMAL instead of FULL this goes red.

const MAIN = path.join(ROOT, 'packages', 'server', 'src', 'main.ts')
const CALLS = 'write,writev,sendto,sendmsg,pwrite64,pwritev,fsync,fdatasync'
const KEY = 'a'.repeat(40)
const COLLECTION = '/projects/admin/traced/collections/classifier'
const CHANGES = 12
const START_LIMIT_MILLISECONDS = 60_000

test('a change is answered after the fsync of its log', { skip: skipStrace }, async (t) => {
  const { url, end } = await startTraced(t)
  const call = callerOf(url, KEY)
  for (let at = 0; at < CHANGES / 3; at += 1) await change(call, at)
  assertOrder(await end())
})

/** Two versions' worth of what a client does: a draft, its commit, and a promotion. */
async function change(call: ReturnType<typeof callerOf>, at: number): Promise<void> {
  const entries = [{ path: 'w', reference: `https://example.org/${at}` }]
  const begun = await call({
    method: 'POST',
    path: `${COLLECTION}/versions`,
    body: { type: 'model', entries },
  })
  const committed = await call({
    method: 'POST',
    path: `${COLLECTION}/drafts/${begun.json.id}/commit`,
  })
  const { version } = committed.json
  const promoted = await call({
    method: 'PUT',
    path: `${COLLECTION}/aliases/production`,
    body: { version },
  })
  assert.deepEqual([committed.status, promoted.status], [201, 200])
}

/** Between two answers something is written to the log, and synced after its last write. */
function assertOrder(calls: readonly Call[]): void {
  const answers = calls.filter(({ text }) => /"HTTP\/1\.1 20[01] /.test(text))
  assert.equal(answers.length, CHANGES)
  let from = 0
  for (const answer of answers) {
    const before = calls.slice(from, calls.indexOf(answer))
    from = calls.indexOf(answer) + 1
    const log = before.filter(({ text }) => text.includes('greenroom.db-wal>'))
    const written = matching(log, 'pwrite', []).at(-1)
    const synced = log.findLast(({ name }) => name === 'fsync' || name === 'fdatasync')
    assert.ok(written !== undefined, `nothing was written before ${answer.text}`)
    assert.ok(synced !== undefined, `nothing was synced before ${answer.text}`)
    assertBefore(written, synced)
    assertBefore(synced, answer)
  }
}

/**
 * The server, from its sources, under strace. `end` stops it and gives the calls since its start.
 */
async function startTraced(
  t: TestContext,
): Promise<{ readonly url: string; readonly end: () => Promise<readonly Call[]> }> {
  const folder = mkdtempSync(path.join(tmpdir(), 'greenroom-strace-'))
  const output = path.join(folder, 'trace')
  const strace = ['-D', '-f', '-y', '-s', '64', '-e', `trace=${CALLS}`, '-o', output]
  const serve = ['serve', '--port', '0', '--data', path.join(folder, 'data')]
  const child = spawn('strace', [...strace, process.execPath, MAIN, ...serve], {
    env: { PATH: process.env.PATH, GREENROOM_ADMIN_KEY: KEY, GREENROOM_LOG_FORMAT: 'json' },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  // With -D strace stands aside: the child is the server itself, which a signal ends.
  const end = async () => {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGTERM')
      await once(child, 'exit')
    }
    return parseTrace(readFileSync(output, 'utf8'))
  }
  t.after(async () => {
    await end()
    rmSync(folder, { recursive: true, force: true })
  })
  return { url: await urlOf(child.stdout), end }
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
