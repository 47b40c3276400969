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
  return { owner, name, type: 'model', standings } as unknown as ListedCollection
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

test('vacant stages and movers are found', () => {
  assert.deepEqual(names(filterRows(rows, { stage: 'production', held: 'vacant' })), ['bob', 'cy'])
  assert.deepEqual(names(filterRows(rows, { mover: 'AD' })), ['ada'])
})

test('what has nothing in the sorted column comes last, up and down', () => {
  assert.deepEqual(names(sortRows(rows, '-name')), ['cy', 'bob', 'ada'])
  assert.deepEqual(names(sortRows(rows, 'move')), ['ada', 'bob', 'cy'])
  assert.deepEqual(names(sortRows(rows, '-move')), ['bob', 'ada', 'cy'])
  assert.deepEqual(names(sortRows(rows, 'production')), ['ada', 'bob', 'cy'])
})
