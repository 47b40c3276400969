import { test } from 'node:test'
import { createTestDatabase, skipPostgres } from '../../packages/server/test/postgres.ts'
import { type StartedServer, startServer } from '../server.ts'
import { watchPromotions } from '../watchers.ts'

const WATCHERS = 1_000
const PROMOTIONS = process.argv.includes('--quick') ? 40 : 200

test('1,000 watchers on one server see every event, once and in order', async (t) => {
  await watch(await startServer(t))
})

test('the same on PostgreSQL', { skip: skipPostgres }, async (t) => {
  const environment = { GREENROOM_DATABASE_URL: await createTestDatabase() }
  await watch(await startServer(t, { environment }))
})

async function watch(server: StartedServer): Promise<void> {
  const asked = { watchers: WATCHERS, promotions: PROMOTIONS }
  const { events, p50, p99 } = await watchPromotions(server, asked)
  console.log(
    `${WATCHERS} watchers, ${events} events each, from answer to sight: ` +
      `p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms`,
  )
}
