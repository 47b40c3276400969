// The stories of README.md, word for word, against a started server.

import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { type TestContext, test } from 'node:test'
import { promisify } from 'node:util'
import { createTestDatabase, skipPostgres } from '../../packages/server/test/postgres.ts'
import { PROGRAM } from '../cli.ts'
import { type StartedServer, startServer } from '../server.ts'
import { pythonWith, ROOT } from '../setup.ts'

const WEIGHTS = 'what model.bin holds'
const README = readFileSync(path.join(ROOT, 'README.md'), 'utf8')
const run = promisify(execFile)

for (const release of ['wandb', 'wandb-previous'] as const) {
  const python = pythonWith(release)
  test(`README: with wandb (${release})`, { skip: python.missing }, async (t) => {
    const server = await startServer(t)
    const folder = folderWithModel(t)
    writeFileSync(path.join(folder, 'story.py'), blockAfter('### With wandb', 'python'))
    await run(python.path, ['story.py'], {
      cwd: folder,
      env: {
        PATH: process.env.PATH,
        HOME: folder,
        WANDB_BASE_URL: server.url,
        WANDB_API_KEY: server.adminKey,
      },
    })
    assert.equal(readFileSync(path.join(folder, 'model', 'model.bin'), 'utf8'), WEIGHTS)
    assert.equal((await resolveProduction(server)).version, 'v0')
  })
}

test('README: with the command line', async (t) => {
  const server = await startServer(t)
  const folder = folderWithModel(t)
  const story = blockAfter('### With the command line', 'sh')
    .replaceAll('npx greenroom', `"${process.execPath}" "${PROGRAM}"`)
    .replace('http://127.0.0.1:4747', server.url)
  const told = run('bash', ['-euc', story], {
    cwd: folder,
    env: { PATH: process.env.PATH, HOME: folder },
  })
  // What a person types where `login` asks.
  told.child.stdin?.end(`${server.adminKey}\n`)
  await told
  assert.equal(readFileSync(path.join(folder, 'model', 'model.bin'), 'utf8'), WEIGHTS)
  assert.equal((await resolveProduction(server)).version, 'v0')
})

test('README: with TypeScript', async (t) => {
  const server = await startServer(t)
  const folder = folderWithModel(t)
  // It finds the package from the clone, and then works in a folder of its own.
  const block = blockAfter('### With TypeScript', 'ts')
  const code = `process.chdir(${JSON.stringify(folder)})\n${block}`
  await run(process.execPath, ['--input-type=module-typescript', '--eval', code], {
    cwd: ROOT,
    env: {
      PATH: process.env.PATH,
      HOME: folder,
      GREENROOM_URL: server.url,
      GREENROOM_API_KEY: server.adminKey,
    },
  })
  assert.equal(readFileSync(path.join(folder, 'model', 'model.bin'), 'utf8'), WEIGHTS)
  assert.equal((await resolveProduction(server)).version, 'v0')
})

test('README: with curl', async (t) => curlStory(t, await startServer(t)))

test('README: with curl, on PostgreSQL', { skip: skipPostgres }, async (t) => {
  const environment = { GREENROOM_DATABASE_URL: await createTestDatabase() }
  await curlStory(t, await startServer(t, { environment }))
})

async function curlStory(t: TestContext, server: StartedServer): Promise<void> {
  const folder = folderWithModel(t)
  const story = blockAfter('### With curl', 'sh')
    .replace('http://127.0.0.1:4747', server.url)
    .replace('<the key>', server.adminKey)
  const { stdout } = await run('bash', ['-euc', story], { cwd: folder })
  assert.equal(readFileSync(path.join(folder, 'pulled.bin'), 'utf8'), WEIGHTS)
  assert.equal((await resolveProduction(server)).version, 'v0')
  // The last call asks for a rollback where nothing came before: told so, and nothing else refused.
  assert.deepEqual(stdout.match(/"code":"[^"]+"/g), ['"code":"rollback_target_missing"'])
}

function blockAfter(heading: string, language: string): string {
  const [, section = ''] = README.split(`${heading}\n`)
  const block = new RegExp(`\`\`\`${language}\n(.*?)\`\`\``, 's').exec(section)?.[1]
  assert.ok(block, `README.md has no ${language} block under ${heading}`)
  return block
}

function folderWithModel(t: TestContext): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'greenroom-readme-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  writeFileSync(path.join(folder, 'model.bin'), WEIGHTS)
  return folder
}

async function resolveProduction({ url, adminKey }: StartedServer): Promise<{ version: string }> {
  const answer = await fetch(
    `${url}/api/v1/projects/admin/demo/collections/image-classifier/resolve/production`,
    { headers: { authorization: `Bearer ${adminKey}` } },
  )
  assert.equal(answer.status, 200)
  return (await answer.json()) as { version: string }
}
