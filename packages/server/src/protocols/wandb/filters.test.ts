import assert from 'node:assert/strict'
import { it } from 'node:test'
import { type FilterValue, isEverything } from '../../core/model/filter.ts'
import { meets } from '../../core/rules/filter.ts'
import {
  COLLECTION_FIELDS,
  ORDERS,
  REGISTRY_FIELDS,
  readFilter,
  readOrder,
  VERSION_FIELDS,
} from './filters.ts'
import { nodeId } from './node-ids.ts'

const TIME = Date.UTC(2026, 2, 1, 12) * 1000 + 250_000
const REGISTRY = { id: [7], name: ['model'], description: ['All (good) models'], createdAt: [TIME] }
const VERSION = {
  id: ['abc'],
  version: [3, 'v3'],
  tag: ['new', 'big'],
  alias: [],
  'metadata.acc': [0.9],
  'metadata.a.b': ['x.y'],
}

const wants =
  (table: typeof REGISTRY_FIELDS, row: Readonly<Record<string, readonly FilterValue[]>>) =>
  (filter: object) =>
    meets(readFilter(JSON.stringify(filter), table), (field) => row[field] ?? [])
const registry = wants(REGISTRY_FIELDS, REGISTRY)
const version = wants(VERSION_FIELDS, VERSION)

it('takes nothing for everything', () => {
  for (const text of [undefined, '', 'null', '{}', ' { } '])
    assert(isEverything(readFilter(text, VERSION_FIELDS)), `${text}`)
})

it('reads what the client writes', () => {
  assert(registry({ name: 'wandb-registry-model' }))
  assert(registry({ name: { $in: ['wandb-registry-data', 'wandb-registry-model'] }, id: 7 }))
  assert(!registry({ name: { $ne: 'wandb-registry-model' } }))
  assert(registry({ name: { $regex: '^wandb-registry-mo.*l$' } }))
  assert(registry({ name: { $regex: 'mod.*' } }))
  assert(!registry({ name: { $regex: '^odel' } }))
  assert(registry({ description: { $contains: 'good' } }))
  assert(registry({ description: { $regex: '\\(good\\)' } }))
  assert(registry({ $or: [{ id: 1 }, { $and: [{ id: 7 }, { $not: { id: 8 } }] }] }))
  assert(!registry({ $nor: [{ id: { $gte: 7 } }] }))
  assert(registry({ entity_id: null }), 'null is a field that is not there')
  assert(version({ tag: 'new', 'metadata.acc': { $gt: 0.5, $lt: 1 } }))
  assert(version({ tag: { $all: ['new', 'big'] } }))
  assert(version({ tag: { $size: 2 }, alias: { $exists: false } }))
  assert(version({ version: 'v3' }) && version({ version: 3 }))
  assert(version({ 'metadata.a.b': { $not: { $in: ['x', 'y'] } } }))
  assert(version({ state: 'COMMITTED' }) && !version({ state: 'DELETED' }))
  assert(version({ id: nodeId('Artifact', 'abc') }))
  const id = nodeId('ArtifactCollection', 'c1')
  assert(wants(COLLECTION_FIELDS, { id: ['c1'] })({ artifact_collection_id: id }))
})

it('takes a time without a fraction for its whole second, in any zone', () => {
  assert(registry({ created_at: '2026-03-01T12:00:00Z' }))
  assert(registry({ created_at: { $eq: '2026-03-01T13:00:00+01:00' } }))
  assert(registry({ created_at: { $lte: '2026-03-01T12:00:00' } }))
  assert(!registry({ created_at: { $gt: '2026-03-01 12:00:00' } }))
  assert(registry({ created_at: { $gt: '2026-03-01', $lt: '2026-03-02' } }))
  assert(!registry({ created_at: { $lt: '2026-03-01T12:00:00Z' } }))
  assert(registry({ created_at: { $in: ['2026-03-01T12:00:00.25Z'] } }))
})

it('refuses what it does not understand, and says what', () => {
  const refused: readonly (readonly [filter: unknown, why: RegExp])[] = [
    [{ colour: 'red' }, /nothing is known here of "colour"/],
    [{ constructor: 1 }, /nothing is known/],
    [{ 'name.x': 1 }, /nothing is known/],
    [{ name: { $where: 'sleep(1)' } }, /\$where is not known/],
    [{ $text: 'x' }, /\$text does not stand here/],
    [{ name: { $regex: '(a+)+$' } }, /plain text here/],
    [{ name: { $regex: 'a\\d' } }, /plain text here/],
    [{ name: ['a'] }, /by \$in/],
    [{ name: { deep: 1 } }, /with dots/],
    [{ created_at: 'yesterday' }, /is no time/],
    [{ name: { $in: [{}] } }, /a text, a number/],
    [{ $and: {} }, /a list was expected/],
    [[], /an object was expected/],
  ]
  for (const [filter, why] of refused)
    assert.throws(() => readFilter(JSON.stringify(filter), REGISTRY_FIELDS), {
      code: 'request_invalid',
      message: why,
    })
  assert.throws(() => readFilter('{', REGISTRY_FIELDS), /no JSON/)
  const deep = '{"$not":'.repeat(50_000)
  assert.throws(() => readFilter(`${deep}{}${'}'.repeat(50_000)}`, REGISTRY_FIELDS), /too long/)
  const nested = `${'{"$not":'.repeat(5_000)}{}${'}'.repeat(5_000)}`
  assert.throws(() => readFilter(nested, REGISTRY_FIELDS), /nested too deep/)
})

it('reads orders', () => {
  assert.equal(readOrder(undefined, ORDERS), null)
  assert.deepEqual(readOrder('-created_at', ORDERS), { field: 'createdAt', direction: 'desc' })
  assert.deepEqual(readOrder('name', ORDERS), { field: 'name', direction: 'asc' })
  assert.throws(() => readOrder('+size', ORDERS), { code: 'request_invalid' })
  assert.throws(() => readOrder('+constructor', ORDERS), { code: 'request_invalid' })
})
