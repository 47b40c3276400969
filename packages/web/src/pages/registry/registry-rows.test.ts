import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ListedCollection } from '@greenroom/sdk/wire'
import { filterRows, lastMoveOf, sortRows } from './registry-rows.ts'

function row(name: string, moves: Readonly<Record<string, readonly [string, number]>>) {
  const owner = { kind: 'registry', entity: 'org', name: 'model' } as const
  const standings = Object.entries(moves).map(([alias, [time, slotCount]]) => ({
    alias,
    generation: 1,
    slots: [],
    slotCount,
    lastMove: { changeId: 'c', cause: 'promote', actor: name, time, reason: null } as const,
  }))
  const newest = standings.length === 0 ? null : { version: 'v1', size: name.length, value: null }
  const tags = [name]
  return { owner, name, type: 'model', tags, standings, newest } as unknown as ListedCollection
}

const rows = [
  row('ada', { production: ['2026-01-02', 1], latest: ['2026-09-09', 1] }),
  row('bob', { production: ['2026-01-01', 0], staging: ['2026-01-03', 1] }),
  row('cy', {}),
]
const names = (some: readonly ListedCollection[]) => some.map(({ name }) => name)

test('the last move is one of a stage, not of latest', () => {
  assert.deepEqual(
    rows.map((one) => lastMoveOf(one)?.alias),
    ['production', 'staging', undefined],
  )
})

test('tags, vacant stages and movers are found', () => {
  assert.deepEqual(names(filterRows(rows, { tag: 'cy' })), ['cy'])
  assert.deepEqual(names(filterRows(rows, { stage: 'production', held: 'vacant' })), ['bob', 'cy'])
  assert.deepEqual(names(filterRows(rows, { mover: 'AD' })), ['ada'])
})

test('rows are sorted by the size of the newest version, and by the key metric', () => {
  const measured = rows.map((row, at) =>
    row.newest === null ? row : { ...row, newest: { ...row.newest, size: 10 ** at, value: -at } },
  )
  assert.deepEqual(names(sortRows(measured, '-size')), ['bob', 'ada', 'cy'])
  assert.deepEqual(names(sortRows(measured, 'metric')), ['bob', 'ada', 'cy'])
})

test('what has nothing in the sorted column comes last, up and down', () => {
  assert.deepEqual(names(sortRows(rows, '-name')), ['cy', 'bob', 'ada'])
  assert.deepEqual(names(sortRows(rows, 'move')), ['ada', 'bob', 'cy'])
  assert.deepEqual(names(sortRows(rows, '-move')), ['bob', 'ada', 'cy'])
  assert.deepEqual(names(sortRows(rows, 'production')), ['ada', 'bob', 'cy'])
})
