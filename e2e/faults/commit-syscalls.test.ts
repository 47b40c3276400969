import assert from 'node:assert/strict'
import { test } from 'node:test'
import { callerOf } from '../rest.ts'
import { assertBefore, type Call, matching, skipStrace } from './strace.ts'
import { startTraced } from './traced-server.ts'

// Tried by hand: with `synchronous` NORMAL instead of FULL this goes red.

const CALLS = 'write,writev,sendto,sendmsg,pwrite64,pwritev,fsync,fdatasync'
const COLLECTION = '/projects/admin/traced/collections/classifier'
const CHANGES = 12

test('a change is answered after the fsync of its log', { skip: skipStrace }, async (t) => {
  const { url, adminKey, end } = await startTraced(t, { options: ['-e', `trace=${CALLS}`] })
  const call = callerOf(url, adminKey)
  for (let at = 0; at < CHANGES / 3; at += 1) await change(call, at)
  assertOrder(await end())
})

/** What a client does for a version: a draft, its commit, and a promotion. */
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
