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

/**
 * Of each thread's calls every so many-th fails. A change writes some thirty times, and syncs once.
 */
const FAULTS = [
  { call: 'fsync,fdatasync', every: 5, error: 'EIO', status: 503, code: 'registry_unavailable' },
  { call: 'pwrite64', every: 97, error: 'EIO', status: 503, code: 'registry_unavailable' },
  { call: 'pwrite64', every: 97, error: 'ENOSPC', status: 507, code: 'storage_full' },
]

for (const fault of FAULTS)
  test(`${fault.call} of the log fails with ${fault.error}`, { skip: skipStrace }, async (t) => {
    await promoteThroughFaults(t, fault)
  })

test('a log that cannot be synced at all ends the server', { skip: skipStrace }, async (t) => {
  const dataFolder = await twoVersions(t)
  const options = injected(dataFolder, 'fsync,fdatasync', 'EIO', '5+')
  const broken = await startTraced(t, { options, dataFolder })
  const call = callerOf(broken.url, broken.adminKey)
  let generation = 0
  // Nobody knows what became of the last one, so that nobody is told.
  await assert.rejects(async () => {
    for (; generation < ROUNDS; generation += 1) {
      const body = { version: `v${generation % 2}` }
      const { status } = await call({ method: 'PUT', path: PRODUCTION, body })
      assert.equal(status, 200)
    }
  }, TypeError)
  assert.equal(await broken.ended, 1)
  const mended = await startServer(t, { dataFolder })
  const again = callerOf(mended.url, mended.adminKey)
  const events = await checkedHistory(again, COLLECTION)
  const moves = events.filter((event) => event.alias === 'production').length
  assert.ok([generation, generation + 1].includes(moves), `${moves} of ${generation}`)
  await mended.stop()
  await greenroom('verify', '--data', dataFolder)
})

async function promoteThroughFaults(
  t: TestContext,
  { call: name, every, error, status, code }: (typeof FAULTS)[number],
): Promise<void> {
  const dataFolder = await twoVersions(t)
  const options = injected(dataFolder, name, error, `${every}+${every}`)
  const broken = await startTraced(t, { options, dataFolder })
  const call = callerOf(broken.url, broken.adminKey)
  let generation = 0
  let refused = 0
  let isRefused = false
  // Ends with a refusal: what was refused must not come back from the log after the kill.
  for (let round = 0; round < ROUNDS || !isRefused; round += 1) {
    assert.ok(round < 2 * ROUNDS, 'nothing was refused any more')
    const body = { version: `v${generation % 2}` }
    const answer = await call({ method: 'PUT', path: PRODUCTION, body })
    isRefused = answer.status !== 200
    if (isRefused) assert.deepEqual([answer.status, answer.json.code], [status, code])
    if (isRefused) refused += 1
    else generation += 1
    await assertGeneration(call, generation)
  }
  assert.ok(refused > 0 && generation > 0, `${refused} refused, ${generation} done`)
  await broken.end('SIGKILL')

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

/** A data folder in which there is something to promote. */
async function twoVersions(t: TestContext): Promise<string> {
  const dataFolder = mkdtempSync(path.join(tmpdir(), 'greenroom-io-'))
  t.after(() => rmSync(dataFolder, { recursive: true, force: true }))
  const whole = await startServer(t, { dataFolder })
  for (const at of [0, 1]) await logVersion(callerOf(whole.url, whole.adminKey), at)
  await whole.stop()
  return dataFolder
}

/** Options of strace that let calls on the database's log fail. */
function injected(
  dataFolder: string,
  name: string,
  error: string,
  when: string,
): readonly string[] {
  const log = path.join(dataFolder, 'greenroom.db-wal')
  return ['-P', log, '-e', `trace=${name}`, '-e', `inject=${name}:error=${error}:when=${when}`]
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
