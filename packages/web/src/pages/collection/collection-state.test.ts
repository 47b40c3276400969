import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { AliasList, PointerEvent, Stage } from '@greenroom/sdk/wire'
import { lanesAt, lanesNow, measureOf } from './collection-state.ts'

const stage = (name: string, capacity: number | null = 1) =>
  ({ name, capacity, position: 0 }) as unknown as Stage
const STAGES = [stage('staging'), stage('production'), stage('archived', null)]

function event(seq: number, alias: string, rest: Partial<PointerEvent>): PointerEvent {
  const slots = { from: null, to: null, added: [], removed: [] }
  return { seq, alias, generation: seq, time: `t${seq}`, ...slots, ...rest } as PointerEvent
}
const to = (version: string) => ({ to: [{ version, label: 'default', weight: 1 }] })

test('stages come in their order, others that are held behind them, latest never', () => {
  const item = (alias: string, slotCount: number) => ({ alias, slotCount, slots: [] })
  const items = [item('latest', 1), item('old', 0), item('canary', 1), item('production', 1)]
  const lanes = lanesNow({ items, stages: STAGES } as unknown as AliasList)
  assert.deepEqual(
    lanes.map(({ alias }) => alias),
    ['staging', 'production', 'archived', 'canary'],
  )
  assert.equal(measureOf(lanes)?.alias, 'production')
})

test('the log gives back who bore what at an instant', () => {
  const log = [
    event(1, 'production', to('v1')),
    event(2, 'production', to('v2')),
    event(3, 'archived', { added: ['v1'] }),
    event(4, 'archived', { added: ['v0'] }),
    event(5, 'archived', { removed: ['v0'] }),
  ].toReversed()
  const shown = (entries: readonly PointerEvent[]) =>
    lanesAt(entries, STAGES).map(({ alias, versions }) => [alias, versions.join()])
  assert.deepEqual(shown(log), [
    ['staging', ''],
    ['production', 'v2'],
    ['archived', 'v1'],
  ])
  assert.deepEqual(shown(log.slice(-1)), [
    ['staging', ''],
    ['production', 'v1'],
    ['archived', ''],
  ])
})
