import assert from 'node:assert/strict'
import { test } from 'node:test'
import { valueRows } from '../../ui/value-rows.ts'
import { fileRows, foldersOf } from './file-tree.ts'
import { parseCsv } from './parse-csv.ts'
import { previewKind, textOf } from './preview-kind.ts'
import { parseGguf, parseSafetensors } from './tensor-header.ts'

const entry = (path: string, size: number) => ({
  path,
  size,
  digest: null,
  reference: null,
  referenceDigest: null,
})

test('a manifest becomes folders with sizes, and a filter keeps what leads to a file', () => {
  const entries = [entry('a/b/one.bin', 3), entry('a/two.bin', 4), entry('__proto__/x', 5)]
  const all = fileRows(foldersOf(entries, ''), () => true)
  assert.deepEqual(
    all.map(({ id, level, size }) => [id, level, size]),
    [
      ['a/', 0, 7],
      ['a/b/', 1, 3],
      ['a/b/one.bin', 2, 3],
      ['a/two.bin', 1, 4],
      ['__proto__/', 0, 5],
      ['__proto__/x', 1, 5],
    ],
  )
  const found = fileRows(foldersOf(entries, 'ONE'), () => true)
  assert.deepEqual(
    found.map(({ name }) => name),
    ['a', 'b', 'one.bin'],
  )
})

test('separated values keep quotes, line breaks in them, and leave out a broken row', () => {
  const text = '\ufeffname,says\r\nada,"a ""b"",\nc"\nbob,'
  const rows = [
    ['name', 'says'],
    ['ada', 'a "b",\nc'],
  ]
  assert.deepEqual(parseCsv(text, { most: 10, isWhole: false }), rows)
  assert.deepEqual(parseCsv(text, { most: 10, isWhole: true }), [...rows, ['bob', '']])
  assert.deepEqual(parseCsv(text, { most: 1, isWhole: true }), [['name', 'says']])
})

test('JSON is searched by key and value, however deep, and names like __proto__ are names', () => {
  const value = JSON.parse('{"a":{"b":[1,{"deep":"Needle"}]},"__proto__":{"x":1},"c":null}')
  const paths = (query: string) => valueRows(value, () => false, query).map(({ path }) => path)
  assert.deepEqual(paths(''), ['a', '__proto__', 'c'])
  assert.deepEqual(paths('needle'), ['a', 'a.b', 'a.b.1', 'a.b.1.deep'])
  assert.deepEqual(paths('proto'), ['__proto__', '__proto__.x'])
  assert.deepEqual(paths('nowhere'), [])
})

test('a value nested without end is walked to a bound', () => {
  const deep = JSON.parse(`${'['.repeat(5_000)}${']'.repeat(5_000)}`)
  assert.ok(valueRows(deep, () => true).length <= 66)
})

test('the header of a safetensors file gives its tensors', () => {
  const json = JSON.stringify({
    __metadata__: { format: 'pt' },
    'layer.weight': { dtype: 'F16', shape: [2, 3], data_offsets: [0, 12] },
  })
  const bytes = new Uint8Array(8 + json.length)
  new DataView(bytes.buffer).setBigUint64(0, BigInt(json.length), true)
  bytes.set(new TextEncoder().encode(json), 8)
  assert.deepEqual(parseSafetensors(bytes), {
    format: 'safetensors',
    tensors: [{ name: 'layer.weight', type: 'F16', shape: [2, 3], bytes: 12 }],
    facts: { format: 'pt' },
    cut: false,
  })
  new DataView(bytes.buffer).setBigUint64(0, 2n ** 60n, true)
  assert.throws(() => parseSafetensors(bytes), /more than is read here/)
})

test('a GGUF header is read as far as the bytes go', () => {
  const bytes = ggufOf({ name: 'tiny' }, [['blk.0.weight', [4, 8], 1]])
  const header = parseGguf(bytes)
  assert.equal(header.format, 'GGUF 3')
  assert.deepEqual({ ...header.facts }, { name: 'tiny' })
  assert.deepEqual(header.tensors, [
    { name: 'blk.0.weight', type: 'F16', shape: [4, 8], bytes: null },
  ])
  assert.equal(header.cut, false)
  assert.equal(parseGguf(bytes.subarray(0, bytes.length - 4)).cut, true)
  assert.throws(() => parseGguf(new Uint8Array(32)), /not a GGUF file/)
})

test('SVG and HTML are text; bytes that are not are told apart', () => {
  assert.equal(previewKind('a/b.SVG'), 'unknown')
  assert.equal(previewKind('photo.PNG'), 'image')
  assert.equal(previewKind('constructor'), 'unknown')
  const snowman = new TextEncoder().encode('x☃')
  assert.equal(textOf(snowman.subarray(0, 3), false), 'x')
  assert.equal(textOf(snowman.subarray(0, 3), true), undefined)
})

function ggufOf(
  facts: Readonly<Record<string, string>>,
  tensors: readonly (readonly [name: string, shape: readonly number[], type: number])[],
): Uint8Array {
  const parts: Uint8Array[] = []
  const put = (length: 4 | 8, value: number) => {
    const bytes = new Uint8Array(length)
    const view = new DataView(bytes.buffer)
    if (length === 4) view.setUint32(0, value, true)
    else view.setBigUint64(0, BigInt(value), true)
    parts.push(bytes)
  }
  const text = (value: string) => {
    const bytes = new TextEncoder().encode(value)
    put(8, bytes.length)
    parts.push(bytes)
  }
  parts.push(new TextEncoder().encode('GGUF'))
  put(4, 3)
  put(8, tensors.length)
  put(8, Object.keys(facts).length)
  for (const [key, value] of Object.entries(facts)) {
    text(key)
    put(4, 8)
    text(value)
  }
  for (const [name, shape, type] of tensors) {
    text(name)
    put(4, shape.length)
    for (const size of shape) put(8, size)
    put(4, type)
    put(8, 0)
  }
  return new Uint8Array(Buffer.concat(parts))
}
