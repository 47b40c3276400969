import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { PointerCause, PointerEvent } from '@greenroom/sdk/wire'
import { undoStack } from './undo-stack.ts'

/** Entries newest first, as the log answers them, from `cause version` oldest first. */
function log(...moves: readonly (readonly [PointerCause, string | null])[]): PointerEvent[] {
  return moves
    .map(([cause, version], at) => ({
      seq: at + 1,
      cause,
      actor: 'ada',
      time: '',
      removed: cause === 'delete' && version !== null ? [version] : [],
      to: version === null || cause === 'delete' ? [] : [{ version, label: 'default', weight: 1 }],
    }))
    .toReversed() as unknown as PointerEvent[]
}

const shown = (...moves: readonly (readonly [PointerCause, string | null])[]) =>
  undoStack(log(...moves)).map(({ versions }) => versions.join())

test('v1, v2, v3 and two rollbacks leave v1, never v3 again', () => {
  const moves = [
    ['promote', 'v1'],
    ['promote', 'v2'],
    ['promote', 'v3'],
    ['rollback', 'v2'],
  ] as const
  assert.deepEqual(shown(...moves), ['v2', 'v1'])
  assert.deepEqual(shown(...moves, ['rollback', 'v1']), ['v1'])
})

test('vacancy is an entry; a deleted version leaves the entries that held it', () => {
  assert.deepEqual(shown(['promote', 'v1'], ['clear', null], ['promote', 'v2']), ['v2', '', 'v1'])
  assert.deepEqual(shown(['promote', 'v1'], ['promote', 'v2'], ['delete', 'v1']), ['v2', ''])
})
