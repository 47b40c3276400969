// A real trained model through the SDK, and between the SDK and the wandb client, by the same
// alias.

import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { type TestContext, test } from 'node:test'
import { promisify } from 'node:util'
import { Api, Artifact, init } from '@greenroom/sdk/node'
import { startServer } from '../server.ts'
import { pythonWith, realModel } from '../setup.ts'

const python = pythonWith('wandb')
const model = realModel()

function openFolder(t: TestContext): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'greenroom-sdk-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

function digests(folder: string): Record<string, string> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
  return Object.fromEntries(
    files.map((file) => [
      path.relative(folder, file),
      createHash('sha256').update(readFileSync(file)).digest('hex'),
    ]),
  )
}

test('a real model goes the whole way', { skip: model.missing }, async (t) => {
  const server = await startServer(t)
  const folder = openFolder(t)
  const login = { url: server.url, key: server.adminKey }
  const run = await init({ project: 'real', jobType: 'training', ...login })
  const artifact = new Artifact({ name: 'minilm', type: 'model' })
  await artifact.addDir(model.path)
  const logged = await run.logArtifact(artifact, { aliases: ['staging'] })
  await run.finish()
  await logged.promote('production', { expect: 'vacant' })
  const pulled = await new Api(login).pull('real/minilm:production', {
    folder: path.join(folder, 'pulled'),
    cacheFolder: path.join(folder, 'cache'),
  })
  assert.equal(pulled.bytes, logged.size)
  assert.deepEqual(digests(pulled.folder), digests(model.path))
})

test('wandb pulls what the SDK logged, and the other way round', {
  skip: python.missing,
}, async (t) => {
  const server = await startServer(t)
  const folder = openFolder(t)
  const api = new Api({ url: server.url, key: server.adminKey })
  const artifact = new Artifact({ name: 'both', type: 'model' })
  writeFileSync(path.join(folder, 'weights.bin'), 'from the SDK')
  await artifact.addFile(path.join(folder, 'weights.bin'))
  await api.logArtifact(artifact, { project: 'doors', aliases: ['production'] })

  const script = path.join(import.meta.dirname, 'wandb_both_doors.py')
  const { stdout } = await promisify(execFile)(python.path, [script], {
    cwd: folder,
    timeout: 180_000,
    env: {
      PATH: process.env.PATH,
      HOME: folder,
      WANDB_BASE_URL: server.url,
      WANDB_API_KEY: server.adminKey,
      WANDB_ERROR_REPORTING: 'false',
      WANDB_SILENT: 'true',
    },
  })
  const said = JSON.parse(stdout.trim().split('\n').at(-1) ?? '')
  assert.deepEqual(said, { pulled: 'from the SDK', single: 'from the SDK', version: 'v1' })

  const theirs = await api.pull('doors/both:production', {
    folder: path.join(folder, 'theirs'),
    cacheFolder: path.join(folder, 'cache'),
  })
  assert.equal(theirs.version, 'v1')
  assert.equal(readFileSync(path.join(theirs.folder, 'weights.bin'), 'utf8'), 'from wandb')
})
