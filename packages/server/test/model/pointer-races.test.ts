import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { isRegistryError } from '../../src/core/errors.ts'
import type { Actor } from '../../src/core/model/actor.ts'
import type { CollectionRef } from '../../src/core/model/collection.ts'
import { deleteCollection } from '../../src/core/operations/delete-collection.ts'
import { deleteVersion } from '../../src/core/operations/delete-version.ts'
import { linkVersion } from '../../src/core/operations/link-version.ts'
import { promote } from '../../src/core/operations/promote.ts'
import { rollBack } from '../../src/core/operations/roll-back.ts'
import { unlinkVersion } from '../../src/core/operations/unlink-version.ts'
import type { MetadataStore, Registry } from '../../src/core/registry.ts'
import { openMetadataStore } from '../../src/metadata/open.ts'
import { addVersion } from '../builders.ts'
import { createTestDatabase, skipPostgres } from '../postgres.ts'
import { beginHistory } from './history.ts'
import { checkCollection } from './invariants.ts'
import { type Random, randomOf } from './random.ts'
import { memoryBlobs, registryOver, type Stores } from './registry.ts'
import { checkStores } from './trial.ts'
import { orders, Turns, takingTurns } from './turns.ts'

// Two operations that touch the same rows, stepped against each other in random orders, statement
// by statement where the database lets them. Whatever comes of it, every pointer leads to a live
// version, and no number, no move and no event is lost or given twice.

interface Scene {
  readonly actor: Actor
  readonly source: CollectionRef
  readonly linked: CollectionRef
  /** The version that both want something of; `production` has it and one before it. */
  readonly versionId: string
}

type Act = (registry: Registry, scene: Scene) => Promise<unknown>

const production = { alias: 'production', selector: { kind: 'index', index: 0 } } as const

const ACTS: Readonly<Record<string, Act>> = {
  'a delete': (registry, { actor, versionId }) =>
    deleteVersion(registry, actor, { versionId, dropAliases: true }),
  'a link': (registry, { actor, versionId, linked }) =>
    linkVersion(registry, actor, { versionId, target: linked, aliases: ['gone'] }),
  'a promotion': (registry, { actor, source }) =>
    promote(registry, actor, { collection: source, ...production }),
  'a rollback': (registry, { actor, source }) =>
    rollBack(registry, actor, { collection: source, alias: 'production' }),
  'an unlinking': (registry, { actor, linked }) =>
    unlinkVersion(registry, actor, { collection: linked, index: 0 }),
  'a commit': (registry, { actor, source }) =>
    addVersion(registry, actor, { files: { a: 'new' }, collection: source, aliases: ['staging'] }),
  'the end of the source': (registry, { actor, source }) =>
    deleteCollection(registry, actor, { collection: source, dropAliases: true }),
  'the end of the links': (registry, { actor, linked }) =>
    deleteCollection(registry, actor, { collection: linked, dropAliases: true }),
}

function races(
  kind: string,
  options: {
    readonly url: () => Promise<string>
    readonly granularity: 'statement' | 'transaction'
    readonly orders: number
    readonly skip: string | false
  },
): void {
  describe(`pointer races on ${kind}`, { skip: options.skip }, () => {
    const blobs = memoryBlobs()
    let metadata: MetadataStore
    before(async () => {
      metadata = await openMetadataStore({ url: await options.url() })
    })
    after(() => metadata.close())
    let seed = 0
    const acts = Object.entries(ACTS)
    for (const [at, [name, act]] of acts.entries())
      test(`${name} against every other`, async (t) => {
        let refused = 0
        for (const [, rival] of acts.slice(at))
          for (let order = 0; order < options.orders; order++) {
            seed += 1
            const stores = { metadata, blobs }
            refused += await race(stores, randomOf(seed), options.granularity, act, rival)
          }
        t.diagnostic(`${refused} were refused, since the other one came first`)
      })
    test('afterwards the stream has every fact, and nothing is damaged', async () => {
      await checkStores({ metadata, blobs })
    })
  })
}

/** One order of steps. Gives how many of the two were refused. */
async function race(
  stores: Stores,
  random: Random,
  granularity: 'statement' | 'transaction',
  one: Act,
  other: Act,
): Promise<number> {
  const registry = registryOver(stores, random.seed)
  const { actor, source: place } = await beginHistory(registry, random)
  const source = { owner: place.owner, name: 'model' }
  const linked = { owner: place.owner, name: 'links' }
  const first = await addVersion(registry, actor, { files: { a: 'first' }, collection: source })
  const added = { files: { a: 'second' }, collection: source, aliases: ['production'] }
  await addVersion(registry, actor, { ...added, files: { a: 'before' } })
  const { version } = await addVersion(registry, actor, added)
  const link = { versionId: first.version.id, target: linked, aliases: ['production'] }
  const there = await linkVersion(registry, actor, link)

  const turns = new Turns()
  const scene = { actor, source, linked, versionId: version.id }
  const side = (name: string) => takingTurns(registry, () => turns.turn(name), granularity)
  const sides = { one: () => one(side('one'), scene), other: () => other(side('other'), scene) }
  const ends = await turns.run(sides, orders(random, Object.keys(sides)))
  let refused = 0
  for (const end of Object.values(ends)) {
    if (end.status === 'fulfilled') continue
    assert.ok(isRegistryError(end.reason) && end.reason.code !== 'internal', String(end.reason))
    refused += 1
  }
  for (const id of [first.collection.id, there.collection.id])
    await checkCollection(stores.metadata, id)
  return refused
}

races('SQLite', {
  url: async () => 'sqlite::memory:',
  granularity: 'transaction',
  orders: 6,
  skip: false,
})
races('PostgreSQL', {
  url: createTestDatabase,
  granularity: 'statement',
  orders: 2,
  skip: skipPostgres,
})
