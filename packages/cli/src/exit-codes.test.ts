import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { EXIT, EXIT_OF_CODE, exitOf } from './exit-codes.ts'

const page = (name: string) =>
  readFileSync(new URL(`../../../docs/${name}`, import.meta.url), 'utf8')

test('every code of the REST API ends with an exit code, and fits its status', () => {
  const rows = [...page('API.md').matchAll(/^\| `([a-z_]+)` \| (\d{3}) \|/gm)]
  assert.ok(rows.length > 30)
  for (const [, code = '', status] of rows) {
    assert.ok(EXIT_OF_CODE[code] !== undefined, `${code} has no exit code`)
    if (status === '404' || status === '410') assert.equal(EXIT_OF_CODE[code], EXIT.notFound, code)
    if (status === '401' || status === '403')
      assert.equal(EXIT_OF_CODE[code], EXIT.notAllowed, code)
    assert.notEqual(EXIT_OF_CODE[code], EXIT.ok)
  }
})

test('docs/CLI.md has the table of exit codes', () => {
  const rows = [...page('CLI.md').matchAll(/^\| (\d+) \| `(\w+)` \|/gm)]
  assert.deepEqual(Object.fromEntries(rows.map(([, code, name]) => [name, Number(code)])), EXIT)
})

test('a code of a newer server ends as its status says', () => {
  for (const [status, exit] of [
    [401, EXIT.notAllowed],
    [404, EXIT.notFound],
    [412, EXIT.conflict],
    [422, EXIT.refused],
    [503, EXIT.unreachable],
    [500, EXIT.fault],
    [undefined, EXIT.fault],
  ] as const)
    assert.equal(exitOf('of_tomorrow', status), exit, String(status))
  assert.equal(exitOf('toString'), EXIT.fault)
})
