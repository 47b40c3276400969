// Log a model, promote it, pull it, move it back: with the TypeScript SDK.
//
//   export GREENROOM_URL=http://127.0.0.1:4747 GREENROOM_API_KEY=<key>
//   node examples/sdk_promote.ts

import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { Api, Artifact, init, isGreenroomError } from '@greenroom/sdk/node'

const PROJECT = 'model-registry-demo'
const NAME = 'image-classifier'
const FILE = 'my_awesome_model.h5'

const work = await mkdtemp(path.join(tmpdir(), 'greenroom-example-'))
const api = new Api()
const { entity } = await api.me()
const model = `${entity}/${PROJECT}/${NAME}`

/** Logs a fresh model from a run; gives its version and the model's bytes. */
async function logModel(accuracy: number, aliases: readonly string[]) {
  const weights = randomBytes(1024)
  await writeFile(path.join(work, FILE), weights)
  const run = await init({ project: PROJECT, jobType: 'model-training', config: { lr: 0.1 } })
  run.log({ accuracy })
  const artifact = new Artifact({ name: NAME, type: 'model', metadata: { accuracy } })
  await artifact.addFile(path.join(work, FILE))
  const version = await run.logArtifact(artifact, { aliases })
  await run.finish()
  console.log(`logged ${version.name} with ${version.aliases.join(', ')}`)
  return { version: version.version, weights }
}

/** Pulls what production is, and compares the bytes. */
async function pullProduction(expected: Buffer, folder: string): Promise<string> {
  const pulled = await api.pull(`${model}:production`, { folder: path.join(work, folder) })
  assert.deepEqual(await readFile(path.join(pulled.folder, FILE)), expected)
  console.log(`pulled ${pulled.ref}, stale: ${pulled.stale}`)
  return pulled.version
}

try {
  // As with wandb: find it by an alias, edit its aliases, save.
  const first = await logModel(0.91, ['staging'])
  const staged = await api.artifact(`${model}:staging`)
  staged.aliases.push('production')
  staged.aliases.remove('staging')
  await staged.save()
  assert.equal(await pullProduction(first.weights, 'first'), first.version)

  // Or in one call, only if nobody moved production meanwhile.
  const better = await logModel(0.97, ['staging'])
  const candidate = await api.artifact(`${model}:staging`)
  await candidate.promote('production', { expect: first.version, reason: 'more accurate' })
  assert.equal(await pullProduction(better.weights, 'better'), better.version)
  const displaced = await api.artifact(`${model}:${first.version}`)
  console.log(`${displaced.name} became ${displaced.aliases.join(', ')}`)

  // The same expectation once more is refused, with what is there now.
  const refusal = await candidate
    .promote('production', { expect: first.version })
    .catch((error: unknown) => error)
  assert.ok(isGreenroomError(refusal, 'generation_mismatch'))
  console.log(`refused: ${refusal.message}`)

  // Back again.
  await displaced.promote('production', { reason: 'too slow' })
  assert.equal(await pullProduction(first.weights, 'back'), first.version)
  const unknown = await api.resolve(`${model}:canary`).catch((error: unknown) => error)
  assert.ok(isGreenroomError(unknown, 'alias_unknown'))
  console.log(`refused: ${unknown.message}`)
} finally {
  await rm(work, { recursive: true, force: true })
}
