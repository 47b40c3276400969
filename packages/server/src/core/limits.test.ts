import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { test } from 'node:test'
import * as limits from './limits.ts'

const SOURCE = new URL('./limits.ts', import.meta.url)
const PAGE = new URL('../../../../docs/limits.md', import.meta.url)

const HEAD = `# Limits

Every bound of the registry with its reason, made out of
[core/limits.ts](../packages/server/src/core/limits.ts) and held equal to it by a test. What goes
beyond is refused, never cut: by \`too_large\` (413), \`request_invalid\` (400) or a code that says
more. What an operator may set stands in the README. Where no reason stands, it is that of the line
above.

| limit | value | why |
|---|---|---|
`

/** Units as a limit's name ends with them. */
const UNITS: readonly (readonly [suffix: string, show: (value: number) => string])[] = [
  ['_BYTES', bytes],
  ['_KIB', (value) => bytes(value * 1024)],
  ['_MILLISECONDS', (value) => (value % 1000 === 0 ? seconds(value / 1000) : `${value} ms`)],
  ['_BYTES_PER_SECOND', (value) => `${bytes(value)} a second`],
  ['_SECONDS', seconds],
]

function bytes(value: number): string {
  const units = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB']
  let [rest, unit] = [value, 0]
  for (; rest % 1024 === 0 && unit < units.length - 1; unit += 1) rest /= 1024
  return `${rest} ${units[unit]}`
}

function seconds(value: number): string {
  for (const [unit, size] of [
    ['days', 86_400],
    ['h', 3_600],
    ['min', 60],
  ] as const)
    if (value % size === 0 && value / size > 1) return `${value / size} ${unit}`
  return value === 86_400 ? '24 h' : value === 3_600 ? '1 h' : `${value} s`
}

function shown(name: string, value: number): string {
  const unit = UNITS.find(([suffix]) => name.endsWith(suffix))
  return unit === undefined ? value.toLocaleString('en-US') : unit[1](value)
}

/** Each limit and the comment above it; empty where it shares that of the limit before. */
function reasons(): ReadonlyMap<string, string> {
  const source = readFileSync(SOURCE, 'utf8')
  const limits = source.matchAll(/(?:\/\*\*((?:(?!\*\/).)*)\*\/\n)?export const (\w+)/gs)
  return new Map(
    Array.from(limits, ([, comment = '', name = '']) => [
      name,
      comment.replace(/\n \*/g, ' ').replace(/\s+/g, ' ').trim(),
    ]),
  )
}

test('docs/limits.md lists every limit with its value and its reason', () => {
  const why = reasons()
  const values = new Map<string, number>(Object.entries(limits))
  assert.deepEqual(new Set(why.keys()), new Set(values.keys()))
  const rows = [...why].map(([name, reason]) => {
    const value = shown(name, values.get(name) ?? 0)
    return `| \`${name}\` | ${value} | ${reason.replaceAll('|', '\\|')} |\n`
  })
  const page = HEAD + rows.join('')
  if (process.env.UPDATE_LIMITS === '1') writeFileSync(PAGE, page)
  const hint =
    'a limit changed: UPDATE_LIMITS=1 node --test packages/server/src/core/limits.test.ts'
  assert.ok(readFileSync(PAGE, 'utf8') === page, hint)
})

test('a limit is a whole number above zero', () => {
  for (const [name, value] of Object.entries(limits))
    assert.ok(Number.isSafeInteger(value) && value > 0, name)
})
