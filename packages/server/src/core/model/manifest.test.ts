import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { digestOf } from './digest.ts'
import {
  checkEntry,
  comparePaths,
  type FileEntry,
  ManifestDigestBuilder,
  type ManifestEntry,
  type ReferenceEntry,
} from './manifest.ts'

const HELLO = digestOf('hello')

function file(path: string): FileEntry {
  const rest = { size: 5, reference: null, clientDigest: null, extra: null }
  return { path, digest: HELLO, ...rest }
}

function reference(
  path: string,
  size: number | null,
  uri: string,
  clientDigest: string | null,
): ReferenceEntry {
  return { path, digest: null, size, reference: uri, clientDigest, extra: null }
}

function digest(entries: readonly ManifestEntry[]): string {
  const builder = new ManifestDigestBuilder()
  for (const entry of entries) builder.add(entry)
  return builder.finish().slice('sha256:'.length)
}

// The vectors of docs/decisions/0003-frozen-forms.md, computed by another program.
test('the canonical manifest gives the published digests', () => {
  assert.equal(digest([]), '5ff31cdcf6efd86880e033fe36633d33c77cb50ba0f6f116eee8c7ce2200929d')
  assert.equal(
    digest([file('config.json'), file('weights/model "1".bin'), file('Ünïcode/😀.txt')]),
    'b79778996a1306528e9a73a7c2019f621a44f8befd393faed8849f8ebd4ed720',
  )
  assert.equal(
    digest([
      reference('a.bin', 1100, 's3://bucket/a.bin', 'etag-1'),
      reference('b.bin', null, 'https://example.org/b', null),
    ]),
    '4c516c2afa2bb353a9537ed257d75343c2a7875907d9f3e324271239f69ce727',
  )
})

test("a client's own digest and attributes of a file are not content", () => {
  const bare = digest([file('a')])
  assert.equal(digest([{ ...file('a'), clientDigest: 'x', extra: '{"etag":1}' }]), bare)
})

test('entries out of path order, or twice, are a programmer’s error', () => {
  assert.throws(() => digest([file('b'), file('a')]), /out of order/)
  assert.throws(() => digest([file('a'), file('a')]), /out of order/)
})

test('paths are ordered by the bytes of their UTF-8', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (a, b) => {
      const expected = Buffer.compare(Buffer.from(a), Buffer.from(b))
      assert.equal(Math.sign(comparePaths(a, b)), expected)
    }),
  )
  // U+FF5E sorts below U+1F600 by code point, above it by UTF-16 unit.
  assert.ok(comparePaths('～', '😀') < 0)
})

test('hostile paths and sizes are refused by name', () => {
  const hostile = [
    '',
    '/etc/passwd',
    '../x',
    'a/../b',
    'a//b',
    'a/',
    './a',
    'C:\\x',
    'c:/x',
    'a\\b',
  ]
  for (const path of [...hostile, 'a\u0000b', 'a\nb', '\ud800', 'x'.repeat(1025)])
    assert.throws(() => checkEntry(file(path)), { code: 'name_invalid' }, JSON.stringify(path))
  for (const size of [-1, 1.5, Number.NaN, 2 ** 53])
    assert.throws(() => checkEntry({ ...file('a'), size }), { code: 'manifest_invalid' })
  assert.throws(() => checkEntry(reference('a', 1, '', null)), { code: 'manifest_invalid' })
  for (const path of ['a b.txt', '100%.bin', '#1?.txt', '%2e%2e/x', '…/ü.bin', '...'])
    checkEntry(file(path))
})
