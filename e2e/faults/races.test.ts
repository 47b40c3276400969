import assert from 'node:assert/strict'
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { type TestContext, test } from 'node:test'
import type * as wire from '@greenroom/sdk/wire'
import { createTestDatabase, skipPostgres } from '../../packages/server/test/postgres.ts'
import { callerOf, checkedHistory, type RestCaller } from '../rest.ts'
import { type StartedServer, startServer } from '../server.ts'

const PROCESSES = 16
const ROUNDS = process.argv.includes('--quick') ? 10 : 60
/** One for each process, and the one that is production already. */
const VERSIONS = Array.from({ length: PROCESSES + 1 }, (_, at) => `v${at}`)
const COLLECTION = '/projects/admin/races/collections/classifier'

interface Said {
  readonly version: string
  readonly status: number
  readonly json: { readonly code?: string; readonly details?: Lost } & Partial<wire.AliasChange>
}
interface Lost {
  readonly generation: number
  readonly slots: readonly wire.LoggedSlot[]
}

test('16 processes promote with one expectation: one wins, the rest see its value', async (t) => {
  await race(t, await startServer(t))
})

test('the same on PostgreSQL', { skip: skipPostgres }, async (t) => {
  const environment = { GREENROOM_DATABASE_URL: await createTestDatabase() }
  await race(t, await startServer(t, { environment }))
})

async function race(t: TestContext, { url, adminKey }: StartedServer): Promise<void> {
  const call = callerOf(url, adminKey)
  await logVersions(call)
  const runners = await startRunners(t, url, adminKey)
  const winners = new Set<string>()
  let winner = ''
  for (let generation = 0; generation < ROUNDS; generation++) {
    const headers: Record<string, string> =
      generation === 0 ? { 'if-none-match': '*' } : { 'if-match': `"${generation}"` }
    // Nobody promotes what is there already: that changes nothing, and succeeds beside the winner.
    const others = VERSIONS.filter((version) => version !== winner)
    const said = await Promise.all(
      runners.map((runner, at) =>
        tell(runner, others[(at + generation) % others.length] ?? '', headers),
      ),
    )
    winner = checkRound(said, generation + 1)
    winners.add(winner)
  }
  const events = await checkedHistory(call, COLLECTION)
  const promotions = events.filter((event) => event.alias === 'production')
  assert.equal(promotions.length, ROUNDS)
  console.log(
    `${PROCESSES} processes, ${ROUNDS} rounds: ${ROUNDS} won, ${ROUNDS * (PROCESSES - 1)} lost, ` +
      `${winners.size} different versions won`,
  )
}

async function logVersions(call: RestCaller): Promise<void> {
  for (const [at, version] of VERSIONS.entries()) {
    // References need no bytes.
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
    assert.deepEqual([committed.status, committed.json.version], [201, version])
  }
}

async function startRunners(t: TestContext, url: string, key: string): Promise<ChildProcess[]> {
  const runners = Array.from({ length: PROCESSES }, () =>
    fork(path.join(import.meta.dirname, 'race-promote.ts'), [
      url,
      key,
      `${COLLECTION}/aliases/production`,
    ]),
  )
  t.after(() => {
    for (const runner of runners) runner.kill()
  })
  await Promise.all(runners.map((runner) => once(runner, 'message')))
  return runners
}

async function tell(
  runner: ChildProcess,
  version: string,
  headers: Readonly<Record<string, string>>,
): Promise<Said> {
  const answer = once(runner, 'message')
  runner.send({ version, headers })
  const [said] = await answer
  return said as Said
}

/** One winner at the next generation; everybody else is shown its version there. Gives it. */
function checkRound(said: readonly Said[], generation: number): string {
  const won = said.filter(({ status }) => status === 200)
  const lost = said.filter(({ status }) => status === 412)
  assert.deepEqual([won.length, lost.length], [1, PROCESSES - 1], describe(said))
  const winner = won[0]?.version ?? ''
  assert.deepEqual([won[0]?.json.generation, won[0]?.json.changed], [generation, true])
  for (const { json } of lost) {
    assert.equal(json.code, 'generation_mismatch')
    const seen = [json.details?.generation, json.details?.slots.map((slot) => slot.version)]
    assert.deepEqual(seen, [generation, [winner]])
  }
  return winner
}

function describe(said: readonly Said[]): string {
  return said
    .map(({ version, status, json }) => `${version}: ${status} ${json.code ?? json.generation}`)
    .join(', ')
}
