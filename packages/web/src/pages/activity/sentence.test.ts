import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { StreamEvent } from '@greenroom/sdk/wire'
import { groupOf, sentenceOf } from './sentence.ts'

const event = (
  kind: StreamEvent['kind'],
  payload: StreamEvent['payload'],
  alias: string | null = null,
): StreamEvent => ({
  revision: 1,
  id: 'e1',
  kind,
  time: '2026-01-01T00:00:00Z',
  actor: 'ada',
  actorId: 1,
  owner: null,
  ownerId: null,
  collection: null,
  collectionId: null,
  alias,
  payload,
  prevHash: '',
  hash: '',
})

const slot = (index: number) => ({ index, label: 'default', weight: 1 })

test('a move says what came and what went', () => {
  const move = (payload: StreamEvent['payload']) =>
    sentenceOf(event('alias.moved', payload, 'production'))
  assert.deepEqual(move({ cause: 'promote', from: [slot(3)], to: [slot(7)] }), {
    verb: 'moved',
    alias: 'production',
    version: 'v7',
    tail: 'was v3',
  })
  assert.equal(move({ cause: 'rollback', from: [slot(7)], to: [slot(3)] }).verb, 'rolled back')
  assert.deepEqual(move({ cause: 'clear', from: [slot(3)], to: [] }), {
    verb: 'vacated',
    alias: 'production',
    tail: 'was v3',
  })
  // An alias of unlimited capacity tells who came and who went only.
  assert.equal(move({ cause: 'supersede', added: [9], removed: [] }).version, 'v9')
})

test('kinds belong to one chip each', () => {
  assert.equal(groupOf('alias.moved'), 'moves')
  assert.equal(groupOf('version.used'), 'versions')
  assert.equal(groupOf('stages.changed'), 'places')
  assert.equal(groupOf('token.created'), 'people')
})

test('a kind without words of its own is named', () => {
  assert.equal(sentenceOf(event('new.kind' as 'run.created', {})).verb, 'new.kind')
})
