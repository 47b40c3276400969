import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { type TestContext, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { EventSource } from '../../packages/server/test/event-source.ts'
import { freePort } from '../../packages/server/test/free-port.ts'
import { createTestDatabase, skipPostgres } from '../../packages/server/test/postgres.ts'
import { callerOf, checkedStream, type RestCaller } from '../rest.ts'
import { type ServerOptions, startServer } from '../server.ts'
import { logTwoVersions } from '../watchers.ts'

const KILLS = process.argv.includes('--quick') ? 3 : 15
const WRITERS = 4
const COLLECTION = '/projects/admin/watched/collections/classifier'

test('a watcher who comes back after each kill sees every event, once and in order', async (t) => {
  await watchThroughKills(t, {})
})

test('the same on PostgreSQL', { skip: skipPostgres }, async (t) => {
  await watchThroughKills(t, { GREENROOM_DATABASE_URL: await createTestDatabase() })
})

async function watchThroughKills(
  t: TestContext,
  environment: NonNullable<ServerOptions['environment']>,
): Promise<void> {
  const dataFolder = mkdtempSync(path.join(tmpdir(), 'greenroom-watch-'))
  t.after(() => rmSync(dataFolder, { recursive: true, force: true }))
  const port = await freePort()
  let server = await startServer(t, { dataFolder, environment, port })
  const { url, adminKey } = server
  const call = callerOf(url, adminKey)
  await logTwoVersions(call, COLLECTION)
  const follower = new Follower(url, adminKey)
  const following = follower.run()
  const load = { isOver: false, promoted: 0 }
  const writers = Array.from({ length: WRITERS }, (_, at) => promoteUntilOver(call, load, at))
  for (let kill = 0; kill < KILLS; kill += 1) {
    await sleep(150 + Math.random() * 300)
    server.process.kill('SIGKILL')
    await once(server.process, 'exit')
    server = await startServer(t, { dataFolder, environment, port })
  }
  load.isOver = true
  await Promise.all(writers)
  await follower.endAt(await revisionOfMark(call))
  await following
  // Read after all that was followed: of what came behind the mark both saw as much as it did.
  const stream = await checkedStream(call)
  assert.deepEqual(
    follower.ids,
    stream.slice(0, follower.ids.length).map(({ id }) => id),
    'what was seen before a kill is what is in the stream after it',
  )
  const moves = stream.filter(({ kind }) => kind === 'alias.moved').length
  assert.ok(moves >= load.promoted, `${load.promoted} promotions acknowledged, ${moves} moves seen`)
  console.log(
    `${KILLS} kills, ${load.promoted} promotions acknowledged: ${stream.length} events, ` +
      `each seen once over ${follower.connections} connections`,
  )
  await server.stop()
}

/** Reads the stream from its beginning; whenever it is cut off it goes on behind what it saw. */
class Follower {
  /** Of each event, in order. */
  readonly ids: string[] = []
  connections = 0
  #end = Number.POSITIVE_INFINITY
  #source: EventSource | null = null
  readonly #url: string
  readonly #key: string

  constructor(url: string, key: string) {
    this.#url = `${url}/api/v1/events/watch?after=0`
    this.#key = key
  }

  async run(): Promise<void> {
    while (this.ids.length < this.#end) {
      const headers = this.ids.length === 0 ? {} : { 'last-event-id': String(this.ids.length) }
      const source = await EventSource.open(this.#url, this.#key, headers).catch(() => null)
      if (source === null) {
        await sleep(20)
        continue
      }
      this.connections += 1
      this.#source = source
      let taken = 0
      const take = () => {
        for (const { id, data } of source.seen.slice(taken)) {
          assert.equal(id, this.ids.length + 1, 'a gap or a twin')
          this.ids.push(data.id)
        }
        taken = source.seen.length
        return this.ids.length >= this.#end
      }
      await source.until(() => take() || source.isEnded, 120_000)
      source.close()
    }
  }

  /** It ends when it has seen so many. */
  async endAt(revision: number): Promise<void> {
    this.#end = revision
    for (let tries = 0; this.ids.length < revision; tries += 1) {
      assert.ok(tries < 6_000, `it saw ${this.ids.length} of ${revision}`)
      await sleep(20)
    }
    this.#source?.close()
  }
}

async function promoteUntilOver(
  call: RestCaller,
  load: { isOver: boolean; promoted: number },
  writer: number,
): Promise<void> {
  const at = `${COLLECTION}/aliases/alias-${writer}`
  for (let round = 0; !load.isOver; round += 1) {
    const body = { version: `v${round % 2}` }
    const answer = await call({ method: 'PUT', path: at, body }).catch(() => null)
    if (answer?.status === 200 && answer.json.changed) load.promoted += 1
    else await sleep(10)
  }
}

/** Of a last move: whatever was acknowledged before it has an earlier one. */
async function revisionOfMark(call: RestCaller): Promise<number> {
  const path = `${COLLECTION}/aliases/mark`
  assert.equal((await call({ method: 'PUT', path, body: { version: 'v0' } })).status, 200)
  for (;;) {
    const marked = (await checkedStream(call)).find(({ alias }) => alias === 'mark')
    if (marked !== undefined) return marked.revision
    await sleep(20)
  }
}
