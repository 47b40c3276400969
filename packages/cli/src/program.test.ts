import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import type { Command } from 'commander'
import { createProgram } from './program.ts'

const PAGE = readFileSync(new URL('../../../docs/CLI.md', import.meta.url), 'utf8')
/** What several nouns have alike: a row of the table names the verb alone. */
const OF_MEMBERS = ['members', 'add', 'remove']
const OF_OWNERS = ['create', 'change', 'list', 'delete', ...OF_MEMBERS]
const ALIKE = new Map([
  ['registry', OF_OWNERS],
  ['project', OF_OWNERS],
  ['team', OF_MEMBERS],
  ['organization', OF_MEMBERS],
])

/** Every verb that takes `--json`, as `promote` or `team add`. */
function leaves(command: Command, path: readonly string[] = []): string[] {
  if (command.commands.length === 0)
    return command.options.some(({ long }) => long === '--json') ? [path.join(' ')] : []
  return command.commands.flatMap((each) => leaves(each, [...path, each.name()]))
}

test('docs/CLI.md says what every verb prints with --json', () => {
  const rows = PAGE.split('\n').filter((line) => line.startsWith('| `'))
  const named = new Set(
    rows.flatMap((row) =>
      [...(row.split('|')[1] ?? '').matchAll(/`([^`]+)`/g)].map(([, at]) => at),
    ),
  )
  const verbs = leaves(createProgram())
  assert.ok(verbs.length > 50)
  const missing = verbs.filter((verb) => {
    const [noun = '', own = ''] = verb.split(' ')
    return !named.has(verb) && !(ALIKE.get(noun)?.includes(own) === true && named.has(own))
  })
  assert.deepEqual(missing, [])
})

test('every verb says what it does, and takes --url with --json', () => {
  const visit = (command: Command): void => {
    assert.ok(command.summary() !== '', command.name())
    const flags = command.options.map(({ long }) => long)
    if (flags.includes('--json')) assert.ok(flags.includes('--url'), command.name())
    command.commands.forEach(visit)
  }
  createProgram().commands.forEach(visit)
})
