// The commands of docs/CLI.md, docs/rights.md and docs/operating.md, against a started server.

import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { type TestContext, test } from 'node:test'
import { promisify } from 'node:util'
import { openSignedIn, PROGRAM } from '../cli.ts'
import { type StartedServer, startServer } from '../server.ts'
import { ROOT } from '../setup.ts'

test('docs/CLI.md: every block', async (t) => {
  const server = await startServer(t)
  const before = `
    greenroom user create robot
    printf 'hf_%s' "$(head -c 20 /dev/urandom | od -An -tx1 | tr -d ' \\n')" > old-key
    echo weights > model.bin
    greenroom push model.bin demo/image-classifier --alias production
  `
  // It goes on for ever: until the first move was dealt with.
  const blocks = blocksOf('CLI.md')
    // Another test packs and installs it.
    .filter((block) => !block.startsWith('npm '))
    .map((block) =>
      block.startsWith('greenroom watch')
        ? `echo 0 > last-move\n${block.trimEnd()} & watcher=$!
         until test -e reloaded; do sleep 0.2; done; kill $watcher; test -e model/model.bin`
        : block,
    )
  assert.equal(blocks.length, 5)
  await runAll(t, server, [before, ...blocks])
})

test('docs/rights.md: every block', async (t) => {
  const server = await startServer(t)
  const before = 'greenroom user create ada; greenroom team create release-managers'
  const blocks = blocksOf('rights.md')
  assert.equal(blocks.length, 3)
  await runAll(t, server, [before, ...blocks])
})

test('docs/operating.md: every block', async (t) => {
  const dataFolder = mkdtempSync(path.join(tmpdir(), 'greenroom-operating-'))
  t.after(() => rmSync(dataFolder, { recursive: true, force: true }))
  const server = await startServer(t, { dataFolder })
  const [setup = '', ...blocks] = blocksOf('operating.md').map((block) =>
    block
      .replaceAll('/backups/', './')
      .replaceAll('/srv/', './')
      .replaceAll('greenroom-data', '"$GREENROOM_DATA"')
      .replace(/^greenroom serve .*$/m, ''),
  )
  assert.match(setup, /^export PATH=/)
  const [beside, stopped] = [
    blocks.filter((block) => !/collect/.test(block)),
    blocks.filter((block) => /collect/.test(block)),
  ]
  assert.deepEqual([beside.length, stopped.length], [4, 1])
  const before = 'echo weights > model.bin; greenroom push model.bin demo/image-classifier'
  await runAll(t, server, [before, ...beside], { GREENROOM_DATA: dataFolder })
  const shell = await openSignedIn(t, server)
  await server.stop()
  await runIn(shell.folder, stopped, { GREENROOM_DATA: dataFolder })
})

function blocksOf(page: string): string[] {
  const text = readFileSync(path.join(ROOT, 'docs', page), 'utf8')
  return [...text.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, code = '']) => code)
}

/** In one shell, signed in as the administrator; what fails ends it. */
async function runAll(
  t: TestContext,
  server: StartedServer,
  parts: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<void> {
  const { folder } = await openSignedIn(t, server)
  await runIn(folder, parts, environment)
}

async function runIn(
  folder: string,
  parts: readonly string[],
  environment: Readonly<Record<string, string>>,
): Promise<void> {
  const bin = path.join(folder, 'bin')
  mkdirSync(bin)
  const programs = {
    greenroom: `exec "${process.execPath}" "${PROGRAM}" "$@"`,
    // No machine's own.
    systemctl: 'test "$*" = "reload serving" && touch reloaded',
  }
  for (const [name, does] of Object.entries(programs)) {
    writeFileSync(path.join(bin, name), `#!/bin/sh\n${does}\n`)
    chmodSync(path.join(bin, name), 0o755)
  }
  await promisify(execFile)('bash', ['-euo', 'pipefail', '-c', parts.join('\n')], {
    cwd: folder,
    timeout: 300_000,
    env: {
      PATH: `${bin}:${process.env.PATH}`,
      HOME: folder,
      ...environment,
    },
  })
}
