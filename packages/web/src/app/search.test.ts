import assert from 'node:assert/strict'
import { test } from 'node:test'
import { listIn, oneIn, parseSearch, stringifySearch, textIn } from './search.ts'

test('a state goes into the address and comes back', () => {
  const state = { tab: 'board', tag: ['a b', 'ü&='], q: '12' }
  assert.deepEqual(parseSearch(stringifySearch(state)), state)
  assert.equal(stringifySearch({ q: undefined, tag: [], tab: '' }), '')
})

test('nonsense in an address is read as nothing', () => {
  const search = parseSearch('?tab=nowhere&q=&tag=one')
  assert.equal(oneIn(search, 'tab', ['board', 'history']), undefined)
  assert.equal(textIn(search, 'q'), undefined)
  assert.deepEqual(listIn(search, 'tag'), ['one'])
  assert.equal(listIn(search, 'none'), undefined)
})
