import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FIRST_PREV_HASH, hashPointerEvent, type UnhashedPointerEvent } from './pointer-event.ts'

// The vectors of docs/decisions/0003-frozen-forms.md, computed by another program.
const FIRST: UnhashedPointerEvent = {
  collectionId: 'c1',
  seq: 1,
  alias: 'production',
  generation: 1,
  change: { kind: 'slots', from: [], to: [{ index: 0, label: 'default', weight: 1 }] },
  stackGeneration: 0,
  actorId: 7,
  actorName: 'ada',
  reason: 'first',
  cause: 'promote',
  changeId: 'ch1',
  seen: null,
  time: 1_767_225_600_000_000,
  prevHash: FIRST_PREV_HASH,
}
const FIRST_HASH = '8563a6f3c10b5e0b170b757b8e888efb4397549f52427db08bff371f7dfd712f'

test('the chain gives the published hashes', () => {
  assert.equal(hashPointerEvent(FIRST), FIRST_HASH)
  const second: UnhashedPointerEvent = {
    ...FIRST,
    seq: 2,
    alias: 'archived',
    change: { kind: 'members', added: [0], removed: [] },
    reason: null,
    cause: 'supersede',
    changeId: 'ch2',
    seen: '{"a":1}',
    time: FIRST.time + 1,
    prevHash: FIRST_HASH,
  }
  assert.equal(
    hashPointerEvent(second),
    'ffce7b6fc2e1ffc0c6a1f4d3795aaa2fc86f3d6d5d10392a38b48e21d8eb43ff',
  )
})

test('every hashed field changes the hash', () => {
  const changed: Partial<UnhashedPointerEvent>[] = [
    { collectionId: 'c2' },
    { seq: 2 },
    { alias: 'staging' },
    { generation: 2 },
    { change: { kind: 'slots', from: [], to: [] } },
    { actorId: 8 },
    { actorName: 'bob' },
    { reason: null },
    { cause: 'set' },
    { changeId: 'ch2' },
    { seen: '[]' },
    { time: 1 },
    { prevHash: FIRST_HASH },
  ]
  for (const change of changed)
    assert.notEqual(hashPointerEvent({ ...FIRST, ...change }), FIRST_HASH, JSON.stringify(change))
})
