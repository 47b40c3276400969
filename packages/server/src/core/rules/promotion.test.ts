import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Stage } from '../model/stage.ts'
import { judgePromotion } from './promotion.ts'

const STAGE: Stage = {
  name: 'canary',
  position: 0,
  capacity: null,
  protected: false,
  requires: [],
  onSupersede: null,
  clears: [],
  fallback: [],
}

const judge = (capacity: number, bearers: number) =>
  judgePromotion({
    stage: { ...STAGE, capacity },
    bearers,
    borne: new Set(),
    mayMoveProtected: true,
  }).map(({ passed, message }) => [passed, message])

test('a capacity is told of one version, and of many', () => {
  assert.deepEqual(judge(1, 1), [[true, '"canary" holds at most 1 version at once.']])
  assert.deepEqual(judge(3, 4), [[false, '"canary" holds at most 3 versions at once.']])
})
