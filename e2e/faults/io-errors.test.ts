import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { type TestContext, test } from 'node:test'
import { callerOf, checkedHistory, checkedStream, type RestCaller } from '../rest.ts'
import { greenroom, startServer } from '../server.ts'
import { skipStrace } from './strace.ts'
import { startTraced } from './traced-server.ts'

// The disk of the database fails now and then under a server at work: it says so, keeps nothing of
// what it refused, and goes on; what it acknowledged is there after the next start.

const COLLECTION = '/projects/admin/broken/collections/classifier'
const PRODUCTION = `${COLLECTION}/aliases/production`
const ROUNDS = 60

/** Of each thread's calls every so many-th fails. A change writes some thirty times, and syncs once. */
const FAULTS = [
  { call: 'fsync,fdatasync', every: 5, error: 'EIO', status: 503, code: 'registry_unavailable' },
  { call: 'pwrite64', every: 97, error: 'EIO', status: 503, code: 'registry_unavailable' },
  { call: 'pwrite64', every: 97, error: 'ENOSPC', status: 507, code: 'storage_full' },
]

for (const fault of FAULTS)
  test(`${fault.call} of the log fails with ${fault.error}`, { skip: skipStrace }, async (t) => {
    await promoteThroughFaults(t, fault)
  })

async function promoteThroughFaults(
  t: TestContext,
  { call: name, every, error, status, code }: (typeof FAULTS)[number],
): Promise<void> {
  const dataFolder = mkdtempSync(path.join(tmpdir(), 'greenroom-io-'))
  t.after(() => rmSync(dataFolder, { recursive: true, force: true }))
  const whole = await startServer(t, { dataFolder })
  for (const at of [0, 1]) await logVersion(callerOf(whole.url, whole.adminKey), at)
  await whole.stop()

  const log = path.join(dataFolder, 'greenroom.db-wal')
  const injected = `inject=${name}:error=${error}:when=${every}+${every}`
  const options = ['-P', log, '-e', `trace=${name}`, '-e', injected]
  const broken = await startTraced(t, { options, dataFolder })
  const call = callerOf(broken.url, broken.adminKey)
  let generation = 0
  let refused = 0
  for (let round = 0; round < ROUNDS; round += 1) {
    const body = { version: `v${generation % 2}` }
    const answer = await call({ method: 'PUT', path: PRODUCTION, body })
    if (answer.status === 200) generation += 1
    else {
      assert.deepEqual([answer.status, answer.json.code], [status, code])
      refused += 1
    }
    await assertGeneration(call, generation)
  }
  assert.ok(refused > 0 && generation > 0, `${refused} refused, ${generation} done`)
  await broken.end()

  const mended = await startServer(t, { dataFolder })
  const again = callerOf(mended.url, mended.adminKey)
  await assertGeneration(again, generation)
  await checkedHistory(again, COLLECTION)
  await checkedStream(again)
  await mended.stop()
  await greenroom('verify', '--data', dataFolder)
  console.log(
    `${name}, ${error}: ${generation} promotions done, ${refused} refused, none half done`,
  )
}

/** What was refused is not there, and what was acknowledged is. */
async function assertGeneration(call: RestCaller, generation: number): Promise<void> {
  const { status, json } = await call({ method: 'GET', path: PRODUCTION })
  if (generation === 0) assert.equal(status, 404)
  else assert.deepEqual([status, json.generation], [200, generation])
}

async function logVersion(call: RestCaller, at: number): Promise<void> {
  const body = { type: 'model', entries: [{ path: 'w', reference: `https://example.org/${at}` }] }
  const draft = await call({ method: 'POST', path: `${COLLECTION}/versions`, body })
  const path = `${COLLECTION}/drafts/${draft.json.id}/commit`
  assert.equal((await call({ method: 'POST', path })).status, 201)
}
