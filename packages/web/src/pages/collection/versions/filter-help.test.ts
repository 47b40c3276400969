import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Version } from '@greenroom/sdk/wire'
import { isCondition, suggestionsFor } from './filter-help.ts'

const versions = [{ tags: ['nightly', 'set-1'], createdBy: 'ada' }] as unknown as Version[]
const known = { versions, metrics: ['accuracy', 'loss'], aliases: ['production'] }
const texts = (typed: string) => suggestionsFor(typed, known).map(({ text }) => text)

test('a field, then a comparison, then a value is proposed', () => {
  assert.deepEqual(texts('acc'), ['metadata.accuracy:'])
  assert.deepEqual(texts('created'), ['createdBy:', 'createdAt:'])
  assert.deepEqual(texts('tag:'), ['tag:eq:', 'tag:ne:', 'tag:exists', 'tag:missing'])
  assert.deepEqual(texts('metadata.loss:l'), ['metadata.loss:lte:', 'metadata.loss:lt:'])
  assert.deepEqual(texts('tag:eq:n'), ['tag:eq:nightly'])
  assert.deepEqual(texts('alias:eq:'), ['alias:eq:production'])
})

test('what says too little is not asked', () => {
  for (const whole of ['tag:exists', 'size:gt:5', 'createdAt:lt:2026-03-01T12:00:00Z'])
    assert.ok(isCondition(whole), whole)
  for (const part of ['', 'accuracy', 'tag:', 'tag:eq', 'tag:eq:', ':eq:x', 'tag:like:x'])
    assert.ok(!isCondition(part), part)
})
