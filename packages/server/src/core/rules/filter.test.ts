import assert from 'node:assert/strict'
import { it } from 'node:test'
import fc from 'fast-check'
import { MAX_FILTER_DEPTH, MAX_FILTER_PARTS } from '../limits.ts'
import { EVERYTHING, type Filter, type FilterValue, type TextPattern } from '../model/filter.ts'
import { checkFilter, meets } from './filter.ts'

const ROW: Readonly<Record<string, readonly FilterValue[]>> = {
  name: ['resnet-50'],
  tag: ['blue', 'new'],
  size: [12],
  quiet: [true],
}
const holds = (filter: Filter) => meets(filter, (field) => ROW[field] ?? [])

it('tests the values of a field', () => {
  const field = (name: string) => ({ kind: 'field', field: name }) as const
  assert(holds(EVERYTHING))
  assert(holds({ ...field('tag'), test: 'in', values: ['new', 'old'] }))
  assert(!holds({ ...field('tag'), test: 'in', values: [] }))
  assert(holds({ ...field('quiet'), test: 'in', values: [true] }))
  assert(!holds({ ...field('quiet'), test: 'in', values: ['true'] }))
  assert(holds({ ...field('size'), test: 'lt', value: 13 }))
  assert(!holds({ ...field('size'), test: 'gt', value: 12 }))
  assert(holds({ ...field('size'), test: 'lte', value: 12 }))
  assert(!holds({ ...field('size'), test: 'gte', value: '1' }), 'a number is no text')
  assert(!holds({ ...field('quiet'), test: 'gte', value: false }), 'truth has no order')
  assert(holds({ ...field('name'), test: 'gt', value: 'resnet-101' }))
  assert(holds({ ...field('name'), test: 'contains', text: 'net' }))
  assert(!holds({ ...field('size'), test: 'contains', text: '1' }))
  assert(holds({ ...field('tag'), test: 'count', count: 2 }))
  assert(holds({ ...field('name'), test: 'exists' }))
  assert(!holds({ ...field('absent'), test: 'exists' }))
})

it('joins conditions', () => {
  const yes: Filter = EVERYTHING
  const no: Filter = { kind: 'any', of: [] }
  assert(holds({ kind: 'any', of: [no, yes] }))
  assert(!holds({ kind: 'all', of: [no, yes] }))
  assert(!holds({ kind: 'none', of: [no, yes] }))
  assert(holds({ kind: 'none', of: [no, no] }))
})

it('holds a text against a pattern as the regular expression of the same meaning does', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'b', '.'), maxLength: 8 })
  const parts = fc.array(fc.string({ unit: fc.constantFrom('a', 'b', '.'), maxLength: 3 }), {
    minLength: 1,
    maxLength: 4,
  })
  fc.assert(
    fc.property(text, parts, fc.boolean(), fc.boolean(), (name, literals, fromStart, toEnd) => {
      const pattern: TextPattern = { parts: literals, fromStart, toEnd }
      const source = literals.map((part) => part.replaceAll('.', '\\.')).join('.*')
      const expected = new RegExp((fromStart ? '^' : '') + source + (toEnd ? '$' : '')).test(name)
      const filter: Filter = { kind: 'field', field: 'name', test: 'like', pattern }
      assert.equal(
        meets(filter, () => [name]),
        expected,
      )
    }),
  )
})

it('refuses what is too long, too deep or unknown', () => {
  const known = (field: string) => field === 'name'
  const exists: Filter = { kind: 'field', field: 'name', test: 'exists' }
  checkFilter({ kind: 'any', of: Array(MAX_FILTER_PARTS - 1).fill(exists) }, known)
  const refused: readonly Filter[] = [
    { kind: 'any', of: Array(MAX_FILTER_PARTS).fill(exists) },
    Array.from({ length: MAX_FILTER_DEPTH }).reduce<Filter>(
      (inner) => ({ kind: 'none', of: [inner] }),
      exists,
    ),
    { kind: 'field', field: 'nothing', test: 'exists' },
    { kind: 'field', field: 'name', test: 'in', values: Array(1_001).fill('x') },
    { kind: 'field', field: 'name', test: 'contains', text: 'x'.repeat(257) },
  ]
  for (const filter of refused)
    assert.throws(() => checkFilter(filter, known), { code: 'request_invalid' })
})
