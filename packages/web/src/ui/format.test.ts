import assert from 'node:assert/strict'
import { test } from 'node:test'
import { formatAge, formatAgo, formatMetric, formatSize, plural, shortDigest } from './format.ts'

const NOW = Date.parse('2026-03-01T12:00:00Z')
const before = (seconds: number) => new Date(NOW - seconds * 1000)

test('sizes are binary, with three digits', () => {
  assert.deepEqual([0, 1023, 1024, 15_728_640, 1.5 * 1024 ** 3].map(formatSize), [
    '0 B',
    '1023 B',
    '1.00 KiB',
    '15.0 MiB',
    '1.50 GiB',
  ])
})

test('metrics keep what tells two versions apart', () => {
  assert.equal(formatMetric(0.91234567), '0.9123')
  assert.equal(formatMetric(12_345), '12,345')
  assert.equal(formatMetric(0.0000012), '1.20e-6')
  assert.equal(formatMetric(Number.NaN), 'NaN')
})

test('times are relative, both ways', () => {
  assert.equal(formatAgo(before(3), NOW), 'just now')
  assert.equal(formatAgo(before(3 * 3600), NOW), '3 hr. ago')
  assert.equal(formatAgo(before(-86_400 * 2), NOW), 'in 2 days')
  assert.equal(formatAge(before(0), NOW), '1 s')
  assert.equal(formatAge(before(86_400 * 20), NOW), '2 wk')
})

test('one is not many, and a digest is short', () => {
  assert.equal(plural(1, 'version'), '1 version')
  assert.equal(plural(12_000, 'version'), '12,000 versions')
  assert.equal(shortDigest(`sha256:${'ab'.repeat(32)}`), 'sha256:abababababab…')
})
