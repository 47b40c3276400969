import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Stage, Standing } from '@greenroom/sdk/wire'
import { lanesOf, measureOf } from './collection-state.ts'

const stage = (name: string, capacity: number | null = 1) =>
  ({ name, capacity, position: 0 }) as unknown as Stage
const STAGES = [stage('staging'), stage('production'), stage('archived', null)]

test('stages come in their order, others that are held behind them, latest never', () => {
  const item = (alias: string, slotCount: number) =>
    ({ alias, slotCount, slots: [], lastMove: { time: 't', actor: 'ada' } }) as unknown as Standing
  const items = [item('latest', 1), item('old', 0), item('canary', 1), item('production', 1)]
  const lanes = lanesOf({ items, stages: STAGES })
  assert.deepEqual(
    lanes.map(({ alias, mover }) => [alias, mover]),
    [
      ['staging', null],
      ['production', 'ada'],
      ['archived', null],
      ['canary', 'ada'],
    ],
  )
  assert.equal(measureOf(lanes)?.alias, 'production')
})
