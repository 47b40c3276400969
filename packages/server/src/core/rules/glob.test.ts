import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { fitsGlob } from './glob.ts'

test('a star stands for any characters, everything else for itself', () => {
  const cases: readonly [string, string, boolean][] = [
    ['staging*', 'staging', true],
    ['staging*', 'staging-eu', true],
    ['staging*', 'my-staging', false],
    ['*', '', true],
    ['*staging', 'my-staging', true],
    ['a*b*c', 'a1b2c', true],
    ['a*b*c', 'acb', false],
    ['a*a', 'a', false],
    ['a*aa', 'aa', false],
    ['ab*bc', 'abc', false],
    ['**', 'x', true],
    ['production', 'production', true],
    ['production', 'Production', false],
    ['production', 'productions', false],
    // Neither a regular expression nor LIKE.
    ['.*', 'x', false],
    ['v_', 'v1', false],
    ['%', 'x', false],
    ['[ab]', 'a', false],
    ['a?', 'ab', false],
    ['a\\*', 'a\\x', true],
  ]
  for (const [pattern, text, fits] of cases)
    assert.equal(fitsGlob(pattern, text), fits, `${pattern} on ${text}`)
})

/** The definition, tried out letter by letter. */
function fitsSlowly(pattern: string, text: string): boolean {
  const [head] = pattern
  if (head === undefined) return text === ''
  if (head !== '*') return text.startsWith(head) && fitsSlowly(pattern.slice(1), text.slice(1))
  return fitsSlowly(pattern.slice(1), text) || (text !== '' && fitsSlowly(pattern, text.slice(1)))
}

test('it is what the definition says', () => {
  const word = (letters: string) => fc.string({ unit: fc.constantFrom(...letters), maxLength: 9 })
  fc.assert(
    fc.property(word('ab*'), word('ab'), (pattern, text) => {
      assert.equal(fitsGlob(pattern, text), fitsSlowly(pattern, text))
    }),
    { numRuns: 3_000 },
  )
})

test('many stars cost no more than few', () => {
  const text = 'a'.repeat(200_000)
  assert.equal(fitsGlob(`${'*a'.repeat(120)}*b`, text), false)
})
