import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { appendFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { callerOf, checkedHistory, type RestCaller, sha256 } from '../rest.ts'
import { startServer } from '../server.ts'

const DISK_MEBIBYTES = 32
const COLLECTION = '/projects/admin/full/collections/classifier'
const PRODUCTION = `${COLLECTION}/aliases/production`
/** More than fits into the log that SQLite has already. */
const MAX_CHANGES = 400
/** It takes a tenth of a second; a machine may stand still for longer than the promised 10 s. */
const READY_WITHIN_MILLISECONDS = 60_000

const namespace = ['unshare', '--user', '--map-root-user', '--mount']
const possible = spawnSync(namespace[0] ?? '', [...namespace.slice(1), 'true']).status === 0
const skip = !possible && 'unshare cannot make a namespace here'

test('a full disk refuses changes, serves reads, and is well once there is room', {
  skip,
}, async (t) => {
  const disk = mkdtempSync(path.join(tmpdir(), 'greenroom-full-'))
  t.after(() => rmSync(disk, { recursive: true, force: true }))
  const mount = `mount -t tmpfs -o size=${DISK_MEBIBYTES}m none "$0" && exec "$@"`
  const server = await startServer(t, {
    dataFolder: path.join(disk, 'data'),
    prefix: [...namespace, 'sh', '-c', mount, disk],
  })
  const call = callerOf(server.url, server.adminKey)
  for (const text of ['one', 'two']) await logVersion(call, Buffer.from(text))
  await change(call, 'v0')

  // Bytes that do not fit: refused for good, and what had come of them makes room again.
  const large = Buffer.alloc(DISK_MEBIBYTES * 1024 * 1024)
  const upload = await sendVersion(call, large)
  assert.deepEqual([upload.status, upload.code], [413, 'storage_full'])

  // From outside, the server's own root leads to the disk that only it has mounted.
  const filler = path.join(`/proc/${server.process.pid}/root`, disk, 'filler')
  fill(filler)
  const refused = await changeUntilRefused(call)
  assert.deepEqual([refused.status, refused.json.code], [507, 'storage_full'])
  const resolved = await call({ method: 'GET', path: `${COLLECTION}/resolve/production` })
  assert.equal(resolved.status, 200, 'reads go on')

  rmSync(filler)
  const deadline = Date.now() + READY_WITHIN_MILLISECONDS
  while ((await change(call, 'v0')).status !== 200 || (await change(call, 'v1')).status !== 200) {
    assert.ok(Date.now() < deadline, 'not ready by itself')
    await sleep(100)
  }
  await logVersion(call, Buffer.from('three'))
  const events = await checkedHistory(call, COLLECTION)
  const moved = events.filter((event) => event.alias === 'production')
  console.log(`full at change ${refused.after}; ${moved.length} moves are in the log, in one chain`)
})

function change(call: RestCaller, version: string) {
  return call({ method: 'PUT', path: PRODUCTION, body: { version } })
}

/** Moves the alias to and fro: each answer is done or refused, and a refusal tells why. */
async function changeUntilRefused(call: RestCaller) {
  for (let after = 0; after < MAX_CHANGES; after++) {
    const answer = await change(call, after % 2 === 0 ? 'v1' : 'v0')
    if (answer.status !== 200) return { ...answer, after }
  }
  return assert.fail('the disk did not fill up')
}

async function logVersion(call: RestCaller, bytes: Buffer): Promise<void> {
  const { status } = await sendVersion(call, bytes)
  assert.equal(status, 201)
}

/** Logs bytes as a version; what the upload was refused with, if it was. */
async function sendVersion(call: RestCaller, bytes: Buffer) {
  const entries = [{ path: 'model.bin', digest: sha256(bytes), size: bytes.length }]
  const body = { type: 'model', entries }
  const draft = await call({ method: 'POST', path: `${COLLECTION}/versions`, body })
  assert.equal(draft.status, 201, JSON.stringify(draft.json))
  const sent = await fetch(draft.json.uploads[0].url, {
    method: 'PUT',
    body: new Uint8Array(bytes),
  })
  if (!sent.ok) {
    const problem = (await sent.json()) as { readonly code?: string }
    return { status: sent.status, code: problem.code }
  }
  const path = `${COLLECTION}/drafts/${draft.json.id}/commit`
  return { status: (await call({ method: 'POST', path })).status, code: undefined }
}

/** Takes all the room that there is, in pieces, down to the last. */
function fill(file: string): void {
  for (let piece = 1024 * 1024; piece >= 512; piece /= 2) {
    for (;;) {
      try {
        appendFileSync(file, Buffer.alloc(piece))
      } catch {
        break
      }
    }
  }
}
