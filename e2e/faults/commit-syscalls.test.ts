import assert from 'node:assert/strict'
import { test } from 'node:test'
import { callerOf } from '../rest.ts'
import { assertBefore, type Call, matching, skipStrace } from './strace.ts'
import { startTraced } from './traced-server.ts'

// Tried by hand: with `synchronous` NORMAL instead of FULL this goes red.

// What is synced besides, such as the stream's own places for what was just committed, may overlap
// an answer: so each change carries a mark, and its own frames in the log are found by that. A page
// is written whole, with a header before it, hence the length of what strace shows.
const SHOWN_BYTES = 5000
const CALLS = 'write,writev,sendto,sendmsg,pwrite64,pwritev,fsync,fdatasync'
const COLLECTION = '/projects/admin/traced/collections/classifier'
const CHANGES = 12

test('a change is answered after the fsync of its log', { skip: skipStrace }, async (t) => {
  const options = ['-e', `trace=${CALLS}`, '-s', `${SHOWN_BYTES}`]
  const { url, adminKey, end } = await startTraced(t, { options })
  const call = callerOf(url, adminKey)
  for (let at = 0; at < CHANGES / 3; at += 1) await change(call, at)
  assertOrder(await end())
})

/** What a client does for a version: a draft, its commit, and a promotion. */
async function change(call: ReturnType<typeof callerOf>, at: number): Promise<void> {
  const mark = markOf(at)
  const entries = [{ path: 'w', reference: `https://example.org/${at}` }]
  const begun = await call({
    method: 'POST',
    path: `${COLLECTION}/versions`,
    body: { type: 'model', entries, description: mark },
  })
  const committed = await call({
    method: 'POST',
    path: `${COLLECTION}/drafts/${begun.json.id}/commit`,
  })
  const { version } = committed.json
  const promoted = await call({
    method: 'PUT',
    path: `${COLLECTION}/aliases/production`,
    body: { version, reason: mark },
  })
  assert.deepEqual([committed.status, promoted.status], [201, 200])
}

function markOf(at: number): string {
  return `mark-${at}-of-a-change`
}

/** What a change writes to the log is synced before it is answered. */
function assertOrder(calls: readonly Call[]): void {
  const answers = calls.filter(({ text }) => /"HTTP\/1\.1 20[01] /.test(text))
  assert.equal(answers.length, CHANGES)
  let from = 0
  for (const [index, answer] of answers.entries()) {
    const log = calls.slice(from).filter(({ text }) => text.includes('greenroom.db-wal>'))
    from = calls.indexOf(answer) + 1
    const mark = markOf(Math.floor(index / 3))
    const [written] = matching(log, 'pwrite', [mark])
    assert.ok(written !== undefined, `${mark} was not written for ${answer.text}`)
    const synced = log.find(({ name, begun }) => name.endsWith('sync') && begun > written.begun)
    assert.ok(synced !== undefined, `nothing was synced after ${written.text}`)
    assertBefore(written, synced)
    assertBefore(synced, answer)
  }
}
