import { fork } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { type TestContext, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { startServer } from '../e2e/server.ts'
import { delaysBetween, openWatchers, until, Watcher, watchPromotions } from '../e2e/watchers.ts'
import { createTestDatabase, skipPostgres } from '../packages/server/test/postgres.ts'
import { report, show } from './report.ts'

const WATCHERS = 1_000
const [ROUNDS, PROMOTIONS] = process.argv.includes('--quick') ? [1, 40] : [5, 100]

test('B8: from the answer of a promotion to the sight of 1,000 watchers', async (t) => {
  const rows = new Map<string, { readonly p50: number[]; readonly p99: number[] }>()
  const note = (what: string, delays: { readonly p50: number; readonly p99: number }) => {
    const row = rows.get(what) ?? { p50: [], p99: [] }
    row.p50.push(delays.p50)
    row.p99.push(delays.p99)
    rows.set(what, row)
  }
  const asked = { watchers: WATCHERS, promotions: PROMOTIONS }
  for (let round = 0; round < ROUNDS; round += 1) {
    note('a bare `node:http` server that only passes bytes on', await broadcast(t))
    const server = await startServer(t)
    note('Greenroom on SQLite', await watchPromotions(server, asked))
    await server.stop()
    if (skipPostgres !== false) continue
    const environment = { GREENROOM_DATABASE_URL: await createTestDatabase() }
    const onPostgres = await startServer(t, { environment })
    note('Greenroom on PostgreSQL', await watchPromotions(onPostgres, asked))
    await onPostgres.stop()
  }
  report('B8', 'promotion answered → seen by each of 1,000 watchers', [
    `${ROUNDS} rounds of ${PROMOTIONS} promotions, one every 20 ms and more; all watchers and the`,
    'promoter in one other process of the same machine; milliseconds; median (lowest–highest).',
    '',
    '| | p50 | p99 |',
    '|---|---|---|',
    ...[...rows].map(([what, { p50, p99 }]) => `| ${what} | ${show(p50, 1)} | ${show(p99, 1)} |`),
  ])
})

async function broadcast(t: TestContext): Promise<{ p50: number; p99: number }> {
  const child = fork(path.join(import.meta.dirname, 'bare-broadcast.ts'))
  t.after(() => child.kill())
  const [{ port }] = (await once(child, 'message')) as [{ readonly port: number }]
  const url = `http://127.0.0.1:${port}`
  const watchers = await openWatchers(WATCHERS, () => Watcher.open(url, ''))
  const answered: number[] = []
  for (let at = 0; at < PROMOTIONS; at += 1) {
    await (await fetch(url, { method: 'POST' })).text()
    answered.push(performance.now())
    await sleep(20)
  }
  await until(() => watchers.every(({ times }) => times.length >= answered.length))
  for (const watcher of watchers) watcher.close()
  child.kill()
  return delaysBetween(watchers, answered)
}
