import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { addVersion, collectionOf } from '../../../test/builders.ts'
import { testApp } from '../../../test/test-app.ts'
import { type ListHistoryInput, listHistory } from './list-history.ts'
import { listHolders } from './list-holders.ts'
import { promote } from './promote.ts'
import { removeAlias } from './remove-alias.ts'
import { rollBack } from './roll-back.ts'

async function setUp(t: TestContext) {
  const { registry, user, admin } = await testApp(t, { deterministic: true })
  const collection = collectionOf(user)
  for (const text of ['one', 'two', 'three'])
    await addVersion(registry, user, { files: { a: text }, collection })
  const alias = 'production'
  const move = (actor: typeof user, index: number) =>
    promote(registry, actor, { collection, alias, selector: { kind: 'index', index } })
  await move(user, 0)
  await move(admin, 1)
  await move(user, 2)
  await rollBack(registry, admin, { collection, alias })
  await removeAlias(registry, user, { collection, alias, index: 1 })
  /** Generations found, through pages of the given size. */
  const find = async (input: Partial<ListHistoryInput>, limit: number) => {
    const found: number[] = []
    let before: number | null = null
    do {
      const page: ListHistoryInput = { collection, alias, ...input, before, limit }
      const answer = await listHistory(registry, user, page)
      found.push(...answer.page.items.map((event) => event.generation))
      before = answer.page.next
    } while (before !== null)
    return found
  }
  return { registry, user, collection, alias, find }
}

test('history is paged and filtered by time, actor and cause', async (t) => {
  const { registry, user, collection, alias, find } = await setUp(t)
  const { page } = await listHistory(registry, user, {
    collection,
    alias,
    before: null,
    limit: 9,
  })
  const times = page.items.map((event) => event.time)
  for (const limit of [1, 2, 9]) {
    assert.deepEqual(await find({}, limit), [5, 4, 3, 2, 1])
    assert.deepEqual(await find({ filter: { actor: 'admin' } }, limit), [4, 2])
    assert.deepEqual(await find({ filter: { cause: 'promote' } }, limit), [3, 2, 1])
    assert.deepEqual(await find({ filter: { cause: 'promote', actor: 'ada' } }, limit), [3, 1])
    const filter = { since: times[3] ?? 0, until: times[1] ?? 0 }
    assert.deepEqual(await find({ filter }, limit), [4, 3, 2])
  }
})

test('who held an alias when, as intervals without a gap', async (t) => {
  const { registry, user, collection, alias } = await setUp(t)
  const intervals: [readonly number[], number, number | null][] = []
  let before: number | null = null
  do {
    const input: Parameters<typeof listHolders>[2] = { collection, alias, before, limit: 2 }
    const { page } = await listHolders(registry, user, input)
    for (const { slots, from, until } of page.items)
      intervals.push([slots.map((slot) => slot.index), from, until])
    before = page.next
  } while (before !== null)
  assert.deepEqual(
    intervals.map(([indices]) => indices),
    [[], [1], [2], [1], [0]],
  )
  assert.equal(intervals[0]?.[2], null)
  for (const [at, [, from]] of intervals.entries())
    if (at + 1 < intervals.length) assert.equal(intervals[at + 1]?.[2], from)
  const archived = listHolders(registry, user, {
    collection,
    alias: 'archived',
    before: null,
    limit: 2,
  })
  await assert.rejects(archived, { code: 'request_invalid' })
})
