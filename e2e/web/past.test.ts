import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { test } from 'node:test'
import * as sdk from '@greenroom/sdk'
import { seed } from '../../scripts/seed.ts'
import { seedPast } from '../../scripts/seed-past.ts'
import { greenroom, startServer } from '../server.ts'

const DAY_MILLISECONDS = 24 * 3_600_000

test('a seeded past has weeks between its moves, is undamaged, and can be served', async (t) => {
  const dataFolder = mkdtempSync(path.join(tmpdir(), 'greenroom-past-'))
  const only = ['🚲-demand 🌧️', 'vehicle-detector']
  await seedPast(dataFolder, (client, reach) => seed(client, { only, reach }))
  assert.match(await greenroom('verify', '--data', dataFolder), /Nothing is damaged/)
  await assert.rejects(
    seedPast(dataFolder, async () => undefined),
    /There is a registry in/,
  )

  const server = await startServer(t, { dataFolder })
  t.after(() => rmSync(dataFolder, { recursive: true, force: true }))
  const client = sdk.createClient({ url: server.url, key: server.adminKey })
  const owner = { kind: 'registry', entity: 'greenroom-org', name: 'model' } as const
  const collection = { owner, name: 'vehicle-detector' }
  const { items } = await sdk.listHistory(client, collection, { limit: 1_000 })
  const moves = items.filter(({ alias }) => alias === 'production').reverse()
  assert.deepEqual(
    moves.map(({ to }) => to?.[0]?.version),
    ['v9', 'v18', 'v24', 'v18', 'v30'],
  )
  const times = moves.map(({ time }) => Date.parse(time))
  for (const [at, time] of times.entries())
    assert.ok(time - (times[at - 1] ?? 0) > DAY_MILLISECONDS, `${moves[at]?.time}`)
  assert.ok((times.at(-1) ?? 0) < Date.now() - DAY_MILLISECONDS)
})
