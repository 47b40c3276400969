import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { isRegistryError } from '../../packages/server/src/core/errors.ts'
import type { Actor } from '../../packages/server/src/core/model/actor.ts'
import { promote } from '../../packages/server/src/core/operations/promote.ts'
import type { MetadataStore, Registry } from '../../packages/server/src/core/registry.ts'
import { openMetadataStore } from '../../packages/server/src/metadata/open.ts'
import { addVersion, collectionOf } from '../../packages/server/test/builders.ts'
import { checkCollection } from '../../packages/server/test/model/invariants.ts'
import { createTestDatabase, skipPostgres } from '../../packages/server/test/postgres.ts'
import { testApp } from '../../packages/server/test/test-app.ts'
import { scaled } from './scale.ts'

const PROMOTERS = 16

test('races of 16 promoters on one alias, on SQLite: one winner each', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'greenroom-promoters-'))
  t.after(() => rm(folder, { recursive: true, force: true }))
  const metadata = await openMetadataStore({ url: join(folder, 'greenroom.db') })
  t.after(() => metadata.close())
  await race(t, [metadata], scaled(10_000))
})

test('the same on PostgreSQL, by two servers', { skip: skipPostgres }, async (t) => {
  const url = await createTestDatabase()
  const stores = [await openMetadataStore({ url }), await openMetadataStore({ url })]
  for (const store of stores) t.after(() => store.close())
  await race(t, stores, scaled(500))
})

/** Each round all promote a version of their own, expecting the generation that they all see. */
async function race(
  t: TestContext,
  stores: readonly MetadataStore[],
  rounds: number,
): Promise<void> {
  const [first] = stores
  assert.ok(first !== undefined)
  const { registry, admin } = await testApp(t, { metadata: first })
  const collection = collectionOf(admin)
  let collectionId = ''
  // One more than there are promoters: nobody promotes what is there already, which always
  // succeeds.
  for (let at = 0; at <= PROMOTERS; at++) {
    const added = await addVersion(registry, admin, { files: { a: `${at}` }, collection })
    collectionId = added.collection.id
  }
  const servers = stores.map((metadata): Registry => ({ ...registry, metadata }))
  let bearer = PROMOTERS
  for (let generation = 0; generation < rounds; generation++) {
    const contenders = Array.from({ length: PROMOTERS + 1 }, (_, at) => at)
    const won = await Promise.all(
      contenders
        .filter((index) => index !== bearer)
        .map((index, at) => contend(servers[at % servers.length], admin, index, generation)),
    )
    const winners = won.filter((index) => index !== null)
    assert.equal(winners.length, 1, `round ${generation}: ${winners.length} winners`)
    bearer = winners[0] ?? bearer
  }
  const alias = await first.read((tx) => tx.aliases.find(collectionId, 'production'))
  assert.equal(alias?.generation, rounds)
  assert.equal(alias.slots[0]?.index, bearer)
  await checkCollection(first, collectionId)
  t.diagnostic(`${rounds} races of ${PROMOTERS} promoters: ${rounds} winners, the chain holds`)
}

/** The version that won, or null for a race that was lost to another. */
async function contend(
  registry: Registry | undefined,
  actor: Actor,
  index: number,
  generation: number,
): Promise<number | null> {
  assert.ok(registry !== undefined)
  try {
    const { outcome } = await promote(registry, actor, {
      collection: collectionOf(actor),
      alias: 'production',
      selector: { kind: 'index', index },
      expect: { kind: 'generation', generation },
    })
    assert.equal(outcome.generation, generation + 1)
    return index
  } catch (error) {
    if (isRegistryError(error, 'generation_mismatch')) return null
    throw error
  }
}
