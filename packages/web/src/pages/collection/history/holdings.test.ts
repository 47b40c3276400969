import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { PointerEvent } from '@greenroom/sdk/wire'
import { changesOf, holdingsOf, isLinked } from './holdings.ts'

function event(seq: number, alias: string, rest: Partial<PointerEvent>): PointerEvent {
  return {
    seq,
    alias,
    actor: 'ada',
    cause: 'promote',
    changeId: `c${seq}`,
    time: new Date(seq * 1000).toISOString(),
    to: null,
    added: [],
    removed: [],
    prevHash: `h${seq - 1}`,
    hash: `h${seq}`,
    ...rest,
  } as unknown as PointerEvent
}
const to = (version: string) => ({ to: [{ version, label: 'default', weight: 1 }] })
const LOG = [
  event(1, 'production', to('v1')),
  event(2, 'production', { ...to('v2'), changeId: 'x' }),
  event(3, 'archived', { added: ['v1'], cause: 'supersede', changeId: 'x' }),
].toReversed()

test('each alias has its stretches, the last of them open', () => {
  const lanes = holdingsOf(LOG)
  const shown = (alias: string) =>
    lanes.get(alias)?.map(({ versions, from, until }) => [versions.join(), from, until])
  assert.deepEqual(shown('production'), [
    ['v1', 1000, 2000],
    ['v2', 2000, null],
  ])
  assert.deepEqual(shown('archived'), [['v1', 3000, null]])
})

test('of a log whose beginning is not known, what its first entry found is known', () => {
  const found = { from: [{ version: 'v1', label: 'default', weight: 1 }] }
  const lanes = holdingsOf([event(9, 'production', { ...to('v2'), ...found }), event(8, 'x', {})])
  const shown = lanes.get('production')?.map((one) => [one.versions.join(), one.from, one.mover])
  assert.deepEqual(shown, [
    ['v1', 8000, null],
    ['v2', 9000, 'ada'],
  ])
})

test('what one call did stands together, what was asked for first', () => {
  const changes = changesOf(LOG)
  assert.deepEqual(
    changes.map(({ main, others }) => [main.seq, others.map(({ seq }) => seq)]),
    [
      [2, [3]],
      [1, []],
    ],
  )
})

test('a gap or another hash is seen', () => {
  assert.ok(isLinked(LOG))
  assert.ok(!isLinked(LOG.filter(({ seq }) => seq !== 2)))
  assert.ok(!isLinked(LOG.map((e) => (e.seq === 3 ? { ...e, prevHash: 'other' } : e))))
})
