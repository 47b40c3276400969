import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { looseObject, mergeLooseJson, parseLooseJson } from './loose-json.ts'

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

describe('mergeLooseJson', () => {
  it('keeps both sides, the later one where they differ, and numbers as they were written', () => {
    const earlier = '{"a":1e+09,"big":1152921504606846976,"d":{"x":NaN,"y":[1]},"s":"say 1 \\"NaN"}'
    const later = '{"b":-Infinity,"d":{"y":[2.50],"z":"-3"},"a":{"n":0}}'
    assert.equal(
      mergeLooseJson(earlier, later),
      '{"a":{"n":0},"big":1152921504606846976,"d":{"x":NaN,"y":[2.50],"z":"-3"},' +
        '"s":"say 1 \\"NaN","b":-Infinity}',
    )
    const deep = (value: string) => `{"1":{"2":{"3":{"4":{"5":{${value}}}}}}}`
    assert.equal(mergeLooseJson(deep('"a":1'), deep('"b":2')), deep('"b":2'))
  })

  it('keeps the later one where there is nothing to merge', () => {
    const tooDeep = `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`
    for (const [earlier, later] of [
      ['{"a":1}', '[2]'],
      ['{"a":1}', 'no JSON'],
      ['no JSON', '{"a":1}'],
      ['{}', tooDeep],
    ] as const)
      assert.equal(mergeLooseJson(earlier, later), later)
  })

  it('gives what JSON.parse and a spread give', () => {
    const objects = fc.dictionary(fc.string(), fc.oneof(fc.double(), fc.string(), fc.boolean()))
    fc.assert(
      fc.property(objects, objects, (earlier, later) => {
        const [first, second] = [JSON.stringify(earlier), JSON.stringify(later)]
        const spread = { ...JSON.parse(first), ...JSON.parse(second) }
        assert.deepEqual(JSON.parse(mergeLooseJson(first, second)), spread)
      }),
    )
  })
})
