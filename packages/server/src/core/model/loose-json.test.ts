import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { looseObject, parseLooseJson } from './loose-json.ts'

describe('parseLooseJson', () => {
  it('reads bare NaN and Infinity as strings', () => {
    assert.deepEqual(parseLooseJson('{"loss":NaN,"l":[1,-Infinity],"d":{"x":Infinity}}'), {
      loss: 'NaN',
      l: [1, '-Infinity'],
      d: { x: 'Infinity' },
    })
    assert.equal(parseLooseJson('NaN'), 'NaN')
  })

  it('leaves the words alone inside of strings', () => {
    const text = '{"a":"NaN","b":"say \\"Infinity\\", \\\\","NaN":1}'
    assert.deepEqual(parseLooseJson(text), JSON.parse(text))
  })

  it('reads every JSON as JSON.parse does', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        assert.deepEqual(parseLooseJson(text), JSON.parse(text))
      }),
    )
  })

  it('reads long strings', () => {
    const text = JSON.stringify({ a: '\\"'.repeat(1_000_000) })
    assert.deepEqual(parseLooseJson(text), JSON.parse(text))
  })

  it('refuses a string that never ends, however many quotes are in it', () => {
    assert.throws(() => parseLooseJson(`{"a": "${'\\"'.repeat(1_000_000)}`), SyntaxError)
    assert.throws(() => parseLooseJson('{"a": "\\'), SyntaxError)
  })

  it('refuses what is no JSON even so', () => {
    assert.throws(() => parseLooseJson('{"a":nan}'), SyntaxError)
    assert.deepEqual(looseObject('{'), {})
    assert.deepEqual(looseObject('[1]'), {})
  })
})
