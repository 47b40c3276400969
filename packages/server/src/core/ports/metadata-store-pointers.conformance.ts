import assert from 'node:assert/strict'
import { it } from 'node:test'
import { MAX_SLOTS_PER_ALIAS } from '../limits.ts'
import type { Fact } from '../model/event.ts'
import type { PointerEvent } from '../model/pointer-event.ts'
import type { Tx } from './metadata-store.ts'
import {
  aliasOf,
  type Context,
  freshId,
  insertCollection,
  insertVersion,
  pointerEventOf,
  rejectsWith,
  slot,
  TIME,
} from './metadata-store-fixture.conformance.ts'

export function testPointers(context: Context): void {
  testAliases(context)
  testManySlots(context)
  testPointerLog(context)
  testEvents(context)
  testRequests(context)
}

/** The id of a collection with that many members. */
async function insertMembers(tx: Tx, count: number): Promise<string> {
  const { id } = await insertCollection(tx)
  for (let index = 0; index < count; index++) await insertVersion(tx, id, index)
  return id
}

function testAliases({ store }: Context): void {
  it('an alias is moved, vacated and never forgotten', async () => {
    const id = await store().transaction((tx) => insertMembers(tx, 2))
    const find = () => store().read((tx) => tx.aliases.find(id, 'best'))
    assert.equal(await find(), undefined)
    await store().transaction((tx) => tx.aliases.move(aliasOf(id, 'best'), [], [slot(0)]))
    assert.deepEqual(await find(), { ...aliasOf(id, 'best'), slots: [slot(0)], slotCount: 1 })
    await store().transaction((tx) => tx.aliases.move(aliasOf(id, 'best', 2), [0], [slot(1)]))
    assert.deepEqual(await find(), { ...aliasOf(id, 'best', 2), slots: [slot(1)], slotCount: 1 })
    const vacant = { ...aliasOf(id, 'best', 3), topGeneration: 1, salt: 'x', updatedAt: TIME + 1 }
    await store().transaction((tx) => tx.aliases.move(vacant, [1], []))
    assert.deepEqual(await find(), { ...vacant, slots: [], slotCount: 0 })
  })

  it('a slot that is there is replaced, one that is not is taken away in peace', async () => {
    const id = await store().transaction((tx) => insertMembers(tx, 3))
    const weighted = [slot(0, { label: 'a', weight: 5 }), slot(1, { label: 'b', weight: 90 })]
    await store().transaction(async ({ aliases }) => {
      await aliases.move(aliasOf(id, 'best'), [], [slot(0), slot(2)])
      await aliases.move(aliasOf(id, 'best', 2), [2, 77], weighted)
    })
    const found = await store().read((tx) => tx.aliases.find(id, 'best'))
    assert.deepEqual([found?.slots, found?.slotCount], [weighted.toReversed(), 2])
    const slots = await store().read(async ({ aliases }) => [
      await aliases.findSlot(id, 'best', 1),
      await aliases.findSlot(id, 'best', 2),
    ])
    assert.deepEqual(slots, [weighted[1], undefined])
  })

  it('aliases are listed by name, vacant ones too, and only of their collection', async () => {
    const [id, other] = await store().transaction(async (tx) => [
      await insertMembers(tx, 1),
      await insertMembers(tx, 1),
    ])
    assert(id !== undefined && other !== undefined)
    await store().transaction(async ({ aliases }) => {
      for (const name of ['é', 'z', 'Z']) await aliases.move(aliasOf(id, name), [], [slot(0)])
      await aliases.move(aliasOf(id, 'a'), [], [])
      await aliases.move(aliasOf(other, 'b'), [], [slot(0)])
    })
    const list = await store().read((tx) => tx.aliases.list(id))
    assert.deepEqual(
      list.map(({ name, slotCount }) => [name, slotCount]),
      [
        ['Z', 1],
        ['a', 0],
        ['z', 1],
        ['é', 1],
      ],
    )
    assert.deepEqual(list[0]?.slots, [slot(0)])
    assert.deepEqual(await store().read((tx) => tx.aliases.list('none')), [])
    const set = (limit: number) => store().read((tx) => tx.aliases.listSet(id, limit))
    assert.deepEqual(
      [await set(9), await set(3)],
      [
        ['Z', 'z', 'é'],
        ['Z', 'z'],
      ],
    )
  })

  it('what members bear is listed by collection, index and name', async () => {
    const [one, two] = await store().transaction(async (tx) => [
      await insertMembers(tx, 2),
      await insertMembers(tx, 1),
    ])
    assert(one !== undefined && two !== undefined)
    await store().transaction(async ({ aliases }) => {
      await aliases.move(aliasOf(one, 'b'), [], [slot(1)])
      await aliases.move(aliasOf(one, 'a'), [], [slot(0), slot(1, { label: 'x' })])
      await aliases.move(aliasOf(two, 'c'), [], [slot(0)])
    })
    const list = (members: readonly (readonly [string, number])[]) =>
      store().read(async ({ aliases }) => {
        const asked = members.map(([collectionId, index]) => ({ collectionId, index }))
        const borne = await aliases.listBorne(asked)
        return borne.map(({ collectionId, index, alias }) => [collectionId, index, alias])
      })
    const asked = [
      [two, 0],
      [one, 1],
      [one, 7],
    ] as const
    assert.deepEqual(await list(asked), [
      [one, 1, 'a'],
      [one, 1, 'b'],
      [two, 0, 'c'],
    ])
    assert.deepEqual(await list([]), [])
  })

  it('the aliases of many collections come with what moved them last', async () => {
    const [one, two] = await store().transaction(async (tx) => [
      await insertMembers(tx, 1),
      await insertMembers(tx, 1),
    ])
    assert(one !== undefined && two !== undefined)
    const change = { kind: 'slots', from: [], to: [slot(0)] } as const
    const entry = pointerEventOf(one, 1, 'production', 1, change, { reason: 'because' })
    await store().transaction(async ({ aliases, pointerLog }) => {
      await aliases.move(aliasOf(one, 'production'), [], [slot(0)])
      await pointerLog.append(entry)
      await aliases.move(aliasOf(two, 'production'), [], [])
      await pointerLog.append({ ...entry, collectionId: two })
      await aliases.move(aliasOf(two, 'other'), [], [])
      await pointerLog.append({ ...entry, collectionId: two, seq: 2, alias: 'other' })
    })
    const list = async (ids: readonly string[], names: readonly string[]) =>
      store().read((tx) => tx.aliases.listStandings(ids, names))
    const found = await list([one, two], ['production', 'staging'])
    const bearers = new Map(found.map(({ collectionId, slots }) => [collectionId, slots]))
    assert.deepEqual(
      bearers,
      new Map([
        [one, [slot(0)]],
        [two, []],
      ]),
    )
    const { changeId, cause, actorName, reason, time } = entry
    for (const { lastMove } of found)
      assert.deepEqual(lastMove, { changeId, cause, actorName, reason, time })
    assert.deepEqual(await list([], ['production']), [])
    assert.deepEqual(await list([one], []), [])
  })

  it('of an owner’s aliases one is found that more than so many bear', async () => {
    const { id, ownerId } = await store().transaction(async (tx) => {
      const collection = await insertCollection(tx)
      for (let index = 0; index < 3; index++) await insertVersion(tx, collection.id, index)
      return collection
    })
    const all = [slot(0), slot(1), slot(2)]
    await store().transaction(async ({ aliases }) => {
      await aliases.move(aliasOf(id, 'crowded'), [], all)
      await aliases.move(aliasOf(id, 'single'), [], [slot(0)])
    })
    const find = (name: string, capacity: number, owner = ownerId) =>
      store().read((tx) => tx.aliases.findCrowded(owner, name, capacity))
    assert.deepEqual(await find('crowded', 2), { collectionId: id, slotCount: 3 })
    assert.equal(await find('crowded', 3), undefined)
    assert.equal(await find('single', 1), undefined)
    assert.equal(await find('crowded', 1, 999_999_999), undefined)
  })

  it('a slot stands on a membership that is there', async () => {
    const id = await store().transaction((tx) => insertMembers(tx, 1))
    await assert.rejects(
      store().transaction((tx) => tx.aliases.move(aliasOf(id, 'best'), [], [slot(5)])),
    )
    assert.equal(await store().read((tx) => tx.aliases.find(id, 'best')), undefined)
  })
}

function testManySlots({ store }: Context): void {
  it('of many slots the first are shown, all are counted, each is found', async () => {
    const count = MAX_SLOTS_PER_ALIAS + 8
    const id = await store().transaction((tx) => insertMembers(tx, count))
    const slots = Array.from({ length: count }, (_, at) => slot(at, { weight: at === 2 ? 9 : 1 }))
    await store().transaction((tx) => tx.aliases.move(aliasOf(id, 'archived'), [], slots))
    await store().transaction((tx) => tx.aliases.move(aliasOf(id, 'archived', 2), [20, 21], []))
    const alias = await store().read((tx) => tx.aliases.find(id, 'archived'))
    assert.equal(alias?.slotCount, count - 2)
    const indices = alias?.slots.map(({ index }) => index)
    const rest = slots.map(({ index }) => index).filter((at) => ![2, 20, 21].includes(at))
    assert.deepEqual(indices, [2, ...rest.toReversed()].slice(0, MAX_SLOTS_PER_ALIAS))
    const last = await store().read((tx) => tx.aliases.findSlot(id, 'archived', 0))
    assert.deepEqual(last, slot(0))
  })
}

function testPointerLog({ store }: Context): void {
  const insertLog = (): Promise<readonly PointerEvent[]> =>
    store().transaction(async (tx) => {
      const id = await insertMembers(tx, 3)
      const to = (index: number) => ({ kind: 'slots', from: [], to: [slot(index)] }) as const
      const said = { reason: 'better', seen: '{"a":1}', cause: 'rollback' } as const
      const events = [
        pointerEventOf(id, 1, 'best', 1, to(0)),
        pointerEventOf(id, 2, 'archived', 1, { kind: 'members', added: [0], removed: [1] }),
        pointerEventOf(id, 3, 'best', 2, to(1), said),
      ]
      for (const event of events) await tx.pointerLog.append(event)
      return events
    })

  it('entries come back as they were appended, newest first', async () => {
    const [first, second, third] = await insertLog()
    const collectionId = first?.collectionId ?? ''
    const page = { collectionId, alias: null, before: null, limit: 9 }
    await store().read(async ({ pointerLog }) => {
      assert.deepEqual(await pointerLog.list(page), [third, second, first])
      assert.deepEqual(await pointerLog.list({ ...page, limit: 1 }), [third])
      assert.deepEqual(await pointerLog.list({ ...page, before: 3 }), [second, first])
      assert.deepEqual(await pointerLog.list({ ...page, alias: 'best' }), [third, first])
      assert.deepEqual(await pointerLog.list({ ...page, alias: 'best', before: 3 }), [first])
      assert.deepEqual(await pointerLog.findByGeneration(collectionId, 'best', 2), third)
      assert.equal(await pointerLog.findByGeneration(collectionId, 'best', 3), undefined)
    })
  })

  it('the entry that was in force at an instant is found', async () => {
    const [first, , third] = await insertLog()
    const collectionId = first?.collectionId ?? ''
    const found = await Promise.all(
      [0, 1, 2, 3, 99].map((after) =>
        store().read((tx) => tx.pointerLog.findAt(collectionId, 'best', TIME + after)),
      ),
    )
    assert.deepEqual(found, [undefined, first, first, third, third])
  })

  it('who ever bore an alias is known for good', async () => {
    const [first] = await insertLog()
    const collectionId = first?.collectionId ?? ''
    const borne = (alias: string, index: number) =>
      store().read((tx) => tx.pointerLog.hasBorne(collectionId, alias, index))
    assert.deepEqual(await Promise.all([0, 1, 2].map((index) => borne('best', index))), [
      true,
      true,
      false,
    ])
    assert.deepEqual(await Promise.all([0, 1].map((index) => borne('archived', index))), [
      true,
      false,
    ])
  })

  it('a seq and a generation are given once', async () => {
    const [first] = await insertLog()
    const collectionId = first?.collectionId ?? ''
    const change = { kind: 'slots', from: [], to: [] } as const
    const append = (event: PointerEvent) => store().transaction((tx) => tx.pointerLog.append(event))
    await assert.rejects(append(pointerEventOf(collectionId, 3, 'other', 1, change)))
    await assert.rejects(append(pointerEventOf(collectionId, 4, 'best', 2, change)))
    await append(pointerEventOf(collectionId, 4, 'best', 3, change))
  })
}

function testRequests({ store }: Context): void {
  it('a request is done once under its actor’s key, and forgotten after its time', async () => {
    const [key, actorId] = [freshId('key'), 7]
    const request = { actorId, key, digest: 'd', result: '{"é":1}', createdAt: TIME }
    const insert = (rest: object) =>
      store().transaction((tx) => tx.requests.insert({ ...request, ...rest }))
    const find = (actor: number) => store().read((tx) => tx.requests.find(actor, key))
    await insert({})
    await insert({ actorId: 8, createdAt: TIME - 1 })
    await rejectsWith(insert({ digest: 'other' }), 'already_exists')
    assert.deepEqual(await find(actorId), request)
    const remove = (limit: number) =>
      store().transaction((tx) => tx.requests.removeBefore({ before: TIME, limit }))
    await insert({ actorId: 9, createdAt: TIME - 2 })
    assert.equal(await remove(1), 1)
    assert.deepEqual([(await find(8)) === undefined, await find(9)], [false, undefined])
    assert.deepEqual([await remove(9), await remove(9)], [1, 0])
    assert.deepEqual([await find(actorId), await find(8)], [request, undefined])
  })
}

function testEvents({ store }: Context): void {
  it('facts are listed in order of arrival, after a position', async () => {
    const fact = (rest: Partial<Fact>): Fact => ({
      id: freshId('fact'),
      kind: 'alias.moved',
      time: TIME,
      actorId: 0,
      actorName: 'system',
      ownerId: null,
      collectionId: null,
      alias: null,
      payload: '{}',
      ...rest,
    })
    const before = await store().transaction(async ({ events }) => {
      const marker = fact({})
      await events.record(marker)
      const all = await events.list({ after: 0, limit: 1_000_000 })
      return all.find(({ id }) => id === marker.id)?.position ?? 0
    })
    const facts = [
      fact({ ownerId: 1, collectionId: 'c', alias: 'a', payload: '{"é":1}' }),
      fact({ kind: 'user.created', time: TIME - 1 }),
    ]
    await store().transaction(async ({ events }) => {
      for (const each of facts) await events.record(each)
    })
    const list = await store().read(({ events }) => events.list({ after: before, limit: 9 }))
    assert.deepEqual(
      list.map(({ position: _, ...rest }) => rest),
      facts,
    )
    const [first] = await store().read(({ events }) => events.list({ after: before, limit: 1 }))
    assert.deepEqual(first, list[0])
    assert((first?.position ?? 0) > before)
  })
}
