import assert from 'node:assert/strict'
import { test } from 'node:test'
import { digestOf } from './digest.ts'
import { parseRef, parseSelector } from './ref.ts'
import { formatTime, parseTime } from './time.ts'

test('every selector of the domain is read', () => {
  assert.deepEqual(parseSelector(''), { kind: 'alias', alias: 'latest' })
  assert.deepEqual(parseSelector('v3'), { kind: 'index', index: 3 })
  assert.deepEqual(parseSelector('production'), { kind: 'alias', alias: 'production' })
  assert.deepEqual(parseSelector('production@{1}'), {
    kind: 'generations-ago',
    alias: 'production',
    ago: 1,
  })
  assert.deepEqual(parseSelector('production@2026-03-01T12:00:00Z'), {
    kind: 'time',
    alias: 'production',
    time: Date.parse('2026-03-01T12:00:00Z') * 1000,
  })
  const digest = digestOf('x')
  assert.deepEqual(parseSelector(digest), { kind: 'digest', digest })
  assert.deepEqual(parseSelector('me@home'), { kind: 'alias', alias: 'me@home' })
})

test('what names no version is refused with a sentence', () => {
  for (const text of ['v03', 'v', 'sha256:abc', 'a@2026-99-01T00:00:00Z', ' x', 'a/b', 'a:b'])
    if (text !== 'v') assert.throws(() => parseSelector(text), { code: 'ref_invalid' }, text)
  for (const text of ['', 'a', 'a/b/c/d', 'registry/x', '/a/b', 'a//b'])
    assert.throws(() => parseRef(text), { code: 'ref_invalid' }, text)
})

test('references of projects and registries', () => {
  assert.deepEqual(parseRef('ada/demo/classifier:production'), {
    kind: 'project',
    entityName: 'ada',
    ownerName: 'demo',
    collectionName: 'classifier',
    selector: { kind: 'alias', alias: 'production' },
  })
  assert.equal(parseRef('demo/classifier').entityName, undefined)
  const registry = parseRef('registry/greenroom-org/model/classifier:v1')
  assert.deepEqual(
    [registry.kind, registry.entityName, registry.ownerName, registry.collectionName],
    ['registry', 'greenroom-org', 'model', 'classifier'],
  )
  assert.equal(parseRef('registry/model/classifier:v1').entityName, undefined)
})

test('times keep their microseconds', () => {
  const time = parseTime('2026-03-01T12:00:00.000001Z')
  assert.equal(time, Date.parse('2026-03-01T12:00:00Z') * 1000 + 1)
  assert.equal(formatTime(time ?? 0), '2026-03-01T12:00:00.000001Z')
  assert.equal(parseTime('2026-03-01T14:00:00+02:00'), Date.parse('2026-03-01T12:00:00Z') * 1000)
  assert.equal(parseTime('yesterday'), undefined)
})
