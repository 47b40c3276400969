import assert from 'node:assert/strict'
import { test } from 'node:test'
import { hashPointerEvent } from './hash-pointer-event.ts'
import type { PointerEvent } from './wire.ts'

// The vectors of docs/decisions/0003-frozen-forms.md.
const FIRST: PointerEvent = {
  ...{ collectionId: 'c1', seq: 1, alias: 'production', generation: 1, cause: 'promote' },
  ...{ from: [], to: [{ version: 'v0', label: 'default', weight: 1 }], added: ['v0'], removed: [] },
  ...{ actor: 'ada', actorId: 7, reason: 'first', changeId: 'ch1', seen: null },
  ...{ time: '2026-01-01T00:00:00.000000Z', prevHash: '0'.repeat(64) },
  hash: '8563a6f3c10b5e0b170b757b8e888efb4397549f52427db08bff371f7dfd712f',
}
const SECOND: PointerEvent = {
  ...{ collectionId: 'c1', seq: 2, alias: 'archived', generation: 1, cause: 'supersede' },
  ...{ from: null, to: null, added: ['v0'], removed: [], actor: 'ada', actorId: 7, reason: null },
  ...{ changeId: 'ch2', seen: { a: 1 }, time: '2026-01-01T00:00:00.000001Z' },
  ...{ prevHash: FIRST.hash },
  hash: 'ffce7b6fc2e1ffc0c6a1f4d3795aaa2fc86f3d6d5d10392a38b48e21d8eb43ff',
}

test('the hash of an entry of the log is that of its frozen form', () => {
  assert.equal(hashPointerEvent(FIRST), FIRST.hash)
  assert.equal(hashPointerEvent(SECOND), SECOND.hash)
})

test('whoever changes what an entry says changes its hash', () => {
  const changed: readonly Partial<PointerEvent>[] = [
    { reason: 'another' },
    { actor: 'eve' },
    { to: [{ version: 'v1', label: 'default', weight: 1 }] },
    { time: '2026-01-01T00:00:00.000001Z' },
  ]
  for (const part of changed)
    assert.notEqual(hashPointerEvent({ ...FIRST, ...part }), FIRST.hash, JSON.stringify(part))
})
