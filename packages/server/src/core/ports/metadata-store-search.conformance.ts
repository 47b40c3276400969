import assert from 'node:assert/strict'
import { it } from 'node:test'
import { fieldOf } from '../model/field.ts'
import type { Tx } from './metadata-store.ts'
import {
  aliasOf,
  type Context,
  collectionOf,
  freshId,
  insertCollection,
  insertProject,
  insertRun,
  insertVersion,
  slot,
  TIME,
} from './metadata-store-fixture.conformance.ts'
import type { WantedCollection } from './metadata-store-search.ts'

export function testSearch(context: Context): void {
  testExamine(context)
  testWalkBearers(context)
  testStageChanges(context)
  testLinesAt(context)
  testNewest(context)
}

const ALL: WantedCollection = {
  contains: '',
  bears: null,
  createdBy: null,
  since: null,
  until: null,
}

/** A project with five collections; `Ärger` alone bears `production`, of `b_2` it was taken. */
async function insertFive(tx: Tx): Promise<number> {
  const { id: ownerId } = await insertProject(tx)
  for (const [at, name] of ['a%1', 'A_B', 'b_2', 'Ärger', '日本'].entries()) {
    const artifactType = at === 1 ? 'dataset' : 'model'
    const made = { name, artifactType, createdBy: 1 + (at % 2), createdAt: TIME + at }
    const collection = collectionOf(ownerId, made)
    await tx.collections.insert(collection)
    if (name !== 'Ärger' && name !== 'b_2') continue
    await insertVersion(tx, collection.id, 0)
    await tx.aliases.move(aliasOf(collection.id, 'production'), [], [slot(0)])
    if (name === 'b_2') await tx.aliases.move(aliasOf(collection.id, 'production', 2), [0], [])
  }
  return ownerId
}

function testExamine({ store }: Context): void {
  it('collections are examined in order of name, and the wanted ones marked', async () => {
    const ownerId = await store().transaction(insertFive)
    const find = (wanted: Partial<WantedCollection>, page = {}) =>
      store().read(async (tx) => {
        const all = { ownerId, artifactType: null, after: '', limit: 10, ...page }
        const rows = await tx.collections.examine(all, { ...ALL, ...wanted })
        const ids = rows.flatMap(({ wantedId }) => wantedId ?? [])
        const found = await tx.collections.findMany(ids)
        const names = new Map(found.map(({ id, name }) => [id, name]))
        return rows.map(({ name, wantedId }) => {
          if (wantedId === null) return '-'
          assert.equal(names.get(wantedId), name)
          return name
        })
      })
    assert.deepEqual(await find({}), ['A_B', 'a%1', 'b_2', 'Ärger', '日本'])
    assert.deepEqual(await find({ contains: 'B' }), ['A_B', '-', 'b_2', '-', '-'])
    // Signs that mean something to LIKE mean themselves.
    assert.deepEqual(await find({ contains: '_' }), ['A_B', '-', 'b_2', '-', '-'])
    assert.deepEqual(await find({ contains: '%' }), ['-', 'a%1', '-', '-', '-'])
    // The same on both databases: beyond A to Z letters are only themselves.
    assert.deepEqual(await find({ contains: 'ärg' }), ['-', '-', '-', '-', '-'])
    assert.deepEqual(await find({ contains: 'ÄRG' }), ['-', '-', '-', 'Ärger', '-'])
    assert.deepEqual(await find({ contains: '本' }), ['-', '-', '-', '-', '日本'])
    assert.deepEqual(await find({ bears: 'production' }), ['-', '-', '-', 'Ärger', '-'])
    assert.deepEqual(await find({ bears: 'staging' }), ['-', '-', '-', '-', '-'])
    assert.deepEqual(await find({ createdBy: 2 }), ['A_B', '-', '-', 'Ärger', '-'])
    const between = { since: TIME + 1, until: TIME + 2 }
    assert.deepEqual(await find(between), ['A_B', '-', 'b_2', '-', '-'])
    assert.deepEqual(await find({ ...between, createdBy: 1 }), ['-', '-', 'b_2', '-', '-'])
    assert.deepEqual(await find({ contains: 'b' }, { after: 'A_B', limit: 2 }), ['-', 'b_2'])
    const models = { artifactType: 'model' }
    assert.deepEqual(await find({ contains: 'b' }, models), ['-', 'b_2', '-', '-'])
  })
}

function testWalkBearers({ store }: Context): void {
  it('bearers of an alias are walked newest first, and judged', async () => {
    const collectionId = await store().transaction(async (tx) => {
      const { id } = await insertCollection(tx)
      for (const index of [0, 1, 2, 3]) {
        await insertVersion(tx, id, index)
        await tx.fields.replace(id, index, [fieldOf('tag', index % 2 === 0 ? 'even' : 'odd')])
      }
      // The heaviest comes first elsewhere, not here.
      await tx.aliases.move(aliasOf(id, 'archived'), [], [slot(0, { weight: 9 }), slot(1), slot(3)])
      return id
    })
    const even = { path: 'tag', comparison: 'eq', value: 'even' } as const
    const walk = (before: number | null, limit: number) =>
      store().read(async (tx) => {
        const page = { collectionId, alias: 'archived', before, conditions: [even], limit }
        return (await tx.fields.walkBearers(page)).map(({ key, matches }) => [key.index, matches])
      })
    const all = [
      [3, false],
      [1, false],
      [0, true],
    ]
    assert.deepEqual(await walk(null, 10), all)
    assert.deepEqual(await walk(3, 1), [[1, false]])
    assert.deepEqual(await walk(0, 10), [])
  })
}

function testStageChanges({ store }: Context): void {
  it('changes of stages are found by owner, newest first, among all other facts', async () => {
    const { id: ownerId } = await store().transaction(insertProject)
    const record = (kind: 'stages.changed' | 'owner.changed', owner: number, payload: string) =>
      store().transaction((tx) =>
        tx.events.record({
          id: freshId('event'),
          kind,
          time: TIME,
          actorId: 1,
          actorName: 'ann',
          ownerId: owner,
          collectionId: null,
          alias: null,
          payload,
        }),
      )
    await record('stages.changed', ownerId, '{"n":1}')
    await record('owner.changed', ownerId, '{"n":2}')
    await record('stages.changed', ownerId + 1_000_000, '{"n":3}')
    await record('stages.changed', ownerId, '{"n":4}')
    await record('stages.changed', ownerId, '{"n":5}')
    const page = (before: number | null) =>
      store().read((tx) => tx.events.stageChanges({ ownerId, before, limit: 2 }))
    const first = await page(null)
    assert.deepEqual(
      first.map(({ payload }) => payload),
      ['{"n":5}', '{"n":4}'],
    )
    const rest = await page(first.at(-1)?.position ?? null)
    assert.deepEqual(
      rest.map(({ payload }) => payload),
      ['{"n":1}'],
    )
  })
}

function testLinesAt({ store }: Context): void {
  it('lines of given numbers come in order, without those that are too long', async () => {
    const found = await store().transaction(async (tx) => {
      const run = await insertRun(tx, (await insertProject(tx)).id)
      const texts = ['{"a":0}', '日本', 'x'.repeat(9), '{"a":3}']
      const all = texts.map((text) => ({ text, step: null }))
      await tx.runLines.put(run.id, 'history', 0, all)
      await tx.runLines.put(run.id, 'events', 0, [{ text: 'other', step: null }])
      const lines = [3, 0, 1, 2, 99]
      return tx.runLines.listAt({ runId: run.id, file: 'history', lines, maxBytes: 8 })
    })
    assert.deepEqual(found, [
      { line: 0, text: '{"a":0}' },
      { line: 1, text: '日本' },
      { line: 3, text: '{"a":3}' },
    ])
  })
}

function testNewest({ store }: Context): void {
  it('the newest live member of many collections, and its numbers', async () => {
    const { full, emptied, empty } = await store().transaction(async (tx) => {
      const full = await insertCollection(tx)
      const emptied = await insertCollection(tx)
      const empty = await insertCollection(tx)
      for (const index of [0, 1, 2]) await insertVersion(tx, full.id, index)
      await insertVersion(tx, emptied.id, 0)
      const measures = [{ path: 'loss', better: 'lower' } as const]
      await tx.collections.update({ ...full, measures })
      assert.deepEqual((await tx.collections.findById(full.id))?.measures, measures)
      for (const [id, index] of [
        [full.id, 2],
        [emptied.id, 0],
      ] as const) {
        const membership = await tx.memberships.find(id, index)
        if (membership !== undefined) await tx.memberships.end(membership, 1, TIME)
      }
      await tx.fields.replace(full.id, 1, [
        fieldOf('metadata.loss', 0.5),
        fieldOf('metadata.f1', 2),
        fieldOf('metadata.name', 'x'),
      ])
      return { full, emptied, empty }
    })
    await store().read(async (tx) => {
      const newest = await tx.memberships.listNewest([full.id, emptied.id, empty.id, 'none'])
      assert.deepEqual(
        newest.map(({ collectionId, index }) => [collectionId, index]),
        [[full.id, 1]],
      )
      const paths = ['metadata.loss', 'metadata.name', 'metadata.none']
      const wanted = [...newest, { collectionId: full.id, index: 0 }]
      assert.deepEqual(await tx.fields.listNumbers(wanted, paths), [
        { collectionId: full.id, index: 1, path: 'metadata.loss', number: 0.5 },
      ])
    })
  })
}
