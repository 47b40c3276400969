// Runs the blocks of the SDK's README one after the other, as its reader would.

import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { stripTypeScriptTypes } from 'node:module'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { type TestContext, test } from 'node:test'
import { promisify } from 'node:util'
import { startServer } from '../server.ts'
import { PATH_OUTSIDE, ROOT } from '../setup.ts'

/** What each block prints. */
const PRINTS: readonly RegExp[] = [
  new RegExp(
    String.raw`^classifier:v0 AliasList\(2\) \[ 'latest', 'staging' \]\n1 file\n` +
      String.raw`registry/greenroom-org/model/classifier:v0\n$`,
  ),
  /^"production" is not what you expected: it points to v0 at generation 1\. .* 1\n$/,
  /^admin\/demo\/classifier:v0 false\nproduction is v0 since .*Z\n$/,
  // The registry has these bytes from before: nothing is sent.
  /^read 5 5\n5 5\n$/,
  /^admin\/demo\/classifier:v0 0\.91\n$/,
]

// The pinned Node, and the machine's own, which may be as old as 20.
for (const [which, search] of [
  ['the pinned Node', path.dirname(process.execPath)],
  ["the machine's Node", PATH_OUTSIDE],
] as const)
  test(`every block of the README runs on ${which}`, (t) => runBlocks(t, search))

async function runBlocks(t: TestContext, search: string): Promise<void> {
  const server = await startServer(t)
  const folder = mkdtempSync(path.join(tmpdir(), 'greenroom-readme-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  writeFileSync(path.join(folder, 'model.bin'), 'bytes')
  const readme = readFileSync(path.join(ROOT, 'packages', 'sdk', 'README.md'), 'utf8')
  const blocks = [...readme.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, code = '']) => code)
  assert.equal(blocks.length, PRINTS.length)
  for (const [index, code] of blocks.entries()) {
    // It finds the package from the clone, and then works in a folder of its own.
    const program = `process.chdir(${JSON.stringify(folder)})\n${stripTypeScriptTypes(code)}`
    const { stdout } = await promisify(execFile)(
      '/usr/bin/env',
      ['node', '--input-type=module', '--eval', program],
      {
        cwd: ROOT,
        timeout: 180_000,
        env: {
          PATH: search,
          HOME: folder,
          GREENROOM_URL: server.url,
          GREENROOM_API_KEY: server.adminKey,
        },
      },
    )
    assert.match(stdout, PRINTS[index] ?? /never/, `block ${index + 1} printed: ${stdout}`)
  }
}
