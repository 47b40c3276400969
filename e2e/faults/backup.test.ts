import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { type TestContext, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type * as wire from '@greenroom/sdk/wire'
import { callerOf, checkedHistory, type RestCaller, sha256 } from '../rest.ts'
import { greenroom, startServer } from '../server.ts'
import { type Acknowledged, randomOf, type Workload, work } from './rest-workload.ts'
import { firstSeed } from './scale.ts'

const ROUNDS = process.argv.includes('--quick') ? 1 : 5
const WORKERS = 6
const COLLECTIONS = ['one', 'two'].map((name) => `/projects/admin/backups/collections/${name}`)

test(`${ROUNDS} backups of a server that is written to, killed, and restored`, async (t) => {
  const seed = firstSeed()
  console.log(`seed ${seed} (GREENROOM_TEST_SEED=${seed} chooses the same)`)
  const random = randomOf(seed)
  for (let round = 0; round < ROUNDS; round++) await backUpAndRestore(t, random)
})

/** Promise I16: a restored backup has all that was acknowledged before it began, and is whole. */
async function backUpAndRestore(t: TestContext, random: () => number): Promise<void> {
  const folder = mkdtempSync(path.join(tmpdir(), 'greenroom-backup-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  const [dataFolder, backup, restored] = ['data', 'backup', 'restored'].map((name) =>
    path.join(folder, name),
  ) as [string, string, string]
  const server = await startServer(t, { dataFolder })
  const end = new AbortController()
  t.after(() => end.abort())
  const load = workload(callerOf(server.url, server.adminKey), random, end.signal)
  const workers = Array.from({ length: WORKERS }, (_, at) => work(load, at))
  const failed = Promise.all(workers)
  failed.catch(() => undefined)
  const { commits, promotions } = load.acknowledged
  while (commits.length < 10 || promotions.length < 10) await Promise.race([sleep(20), failed])
  // A backup that is asked for again, into the same folder, is the newer one.
  if (random() < 0.5) await greenroom('backup', backup, '--data', dataFolder)
  // Beside a server that writes, too, nothing is found that is not there.
  await greenroom('verify', '--data', dataFolder)
  const atStart = { commits: commits.length, promotions: promotions.length }
  const backedUp = await greenroom('backup', backup, '--data', dataFolder)
  assert.match(backedUp, /^Backed up \d+ blobs/m)
  const during = commits.length - atStart.commits
  await Promise.race([sleep(random() * 300), failed])
  server.process.kill('SIGKILL')
  await once(server.process, 'exit')
  end.abort()
  await assert.rejects(failed)

  // What the kill left is whole too.
  await greenroom('verify', '--data', dataFolder)
  const said = await greenroom('restore', backup, '--data', restored)
  assert.match(said, /Nothing is damaged\.$/m)
  const again = await startServer(t, { dataFolder: restored })
  await reckon(callerOf(again.url, again.adminKey), {
    commits: commits.slice(0, atStart.commits),
    promotions: promotions.slice(0, atStart.promotions),
  })
  await again.stop()
  console.log(
    `${atStart.commits} commits and ${atStart.promotions} promotions before the backup are ` +
      `there; ${during} commits were acknowledged while it ran`,
  )
}

function workload(call: RestCaller, random: () => number, signal: AbortSignal): Workload {
  const acknowledged = { commits: [], promotions: [], ownMoves: 0, lost: 0, retries: 0, resumed: 0 }
  const state = { inFlight: new Map(), isOver: false }
  return { call, collections: COLLECTIONS, random, acknowledged, ...state, signal }
}

async function reckon(
  call: RestCaller,
  { commits, promotions }: Pick<Acknowledged, 'commits' | 'promotions'>,
): Promise<void> {
  for (const collection of COLLECTIONS) {
    const events = await checkedHistory(call, collection)
    for (const { generation, version } of promotions.filter((p) => p.collection === collection)) {
      const event = events.find(
        (logged) => logged.alias === 'production' && logged.generation === generation,
      )
      assert.deepEqual(
        event?.to?.map((slot) => slot.version),
        [version],
      )
    }
  }
  for (const { collection, version, digest } of commits) {
    const files = `${collection}/versions/${version}/files`
    const { json } = await call({ method: 'GET', path: files })
    assert.deepEqual(
      json.items.map((entry: wire.Entry) => entry.digest),
      [digest],
    )
    const { bytes } = await call({ method: 'GET', path: `${files}/weights.bin` })
    assert.equal(sha256(bytes), digest)
  }
}
