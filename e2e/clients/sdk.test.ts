// The facade of the SDK, as programs import it, against a started server.

import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, type TestContext, test } from 'node:test'
import { promisify } from 'node:util'
import * as browser from '@greenroom/sdk'
import {
  type AliasMove,
  Api,
  Artifact,
  getLineage,
  getRun,
  init,
  isGreenroomError,
  listHistory,
} from '@greenroom/sdk/node'
import { startServer } from '../server.ts'
import { ROOT } from '../setup.ts'

const server = await startServer({ after } as TestContext)
const login = { url: server.url, key: server.adminKey }
const folder = mkdtempSync(path.join(tmpdir(), 'greenroom-sdk-'))
after(() => rmSync(folder, { recursive: true, force: true }))
// The cache of this process, and of those that it starts.
process.env.XDG_CACHE_HOME = path.join(folder, 'cache')

function write(name: string, text: string): string {
  const file = path.join(folder, name)
  mkdirSync(path.dirname(file), { recursive: true })
  writeFileSync(file, text)
  return file
}

test('the example tells the whole story', async () => {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [path.join(ROOT, 'examples', 'sdk_promote.ts')],
    {
      cwd: folder,
      env: {
        PATH: process.env.PATH,
        HOME: folder,
        GREENROOM_URL: server.url,
        GREENROOM_API_KEY: server.adminKey,
      },
    },
  )
  assert.match(stdout, /logged image-classifier:v0 with .*staging/)
  assert.match(stdout, /image-classifier:v0 became archived/)
  assert.match(
    stdout,
    /pulled admin\/model-registry-demo\/image-classifier:v0, stale: false\n.*canary/,
  )
})

test('a run records what it used, made and measured', async () => {
  const api = new Api(login)
  const digits = new Artifact({ name: 'digits', type: 'dataset', tags: ['raw'] })
  digits.addReference('s3://bucket/digits.parquet?v=2', { digest: 'etag-1' })
  await digits.addFile(new Blob(['{}']), 'facts.json')
  const data = await api.logArtifact(digits, { project: 'runs', aliases: ['clean'] })
  assert.deepEqual([data.version, [...data.tags]], ['v0', ['raw']])

  const run = await init({ project: 'runs', jobType: 'train', config: { lr: 0.1 }, ...login })
  const used = await run.useArtifact('digits:clean')
  assert.equal(used.digest, data.digest)
  for (let step = 0; step < 2500; step++) await run.log({ loss: 1 / (step + 1) })
  await run.log({ loss: 0 }, 3000)
  const model = new Artifact({ name: 'classifier', type: 'model', description: 'of digits' })
  write('made/weights.bin', 'weights')
  write('made/sub/config.json', '{}')
  await model.addDir(path.join(folder, 'made'), 'model')
  let sent = 0
  const version = await run.logArtifact(model, {
    aliases: ['staging'],
    onProgress: (sentBytes) => {
      sent = sentBytes
    },
  })
  assert.equal(sent, 7)
  await run.finish()

  const client = await api.client()
  const report = await getRun(client, run.owner, run.name)
  assert.deepEqual(
    [report.state, report.historyLines, report.summary.loss, report.config.lr],
    ['finished', 2501, 0, 0.1],
  )
  const lineage = await getLineage(client, version.collection, version.version)
  assert.equal(lineage.nodes.length, 3)
  assert.equal(lineage.edges.length, 2)
  const paths = []
  for await (const entry of version.files()) paths.push(entry.path)
  assert.deepEqual(paths, ['model/sub/config.json', 'model/weights.bin'])
  assert.equal(await (await version.openFile('model/weights.bin')).text(), 'weights')
  const pulled = await data.download(path.join(folder, 'data'))
  assert.deepEqual([pulled.files, pulled.references], [1, 1])
})

test('what cannot be recorded is told by the end of the run', async () => {
  const run = await init({ project: 'runs', ...login })
  run.log({ loss: 1 }, -5)
  await assert.rejects(run.finish(), (error) => isGreenroomError(error))
})

test('saving an edited version: one move each, and nobody else is undone', async () => {
  const api = new Api(login)
  const log = async (text: string) => {
    const artifact = new Artifact({ name: 'c', type: 'model', metadata: { text } })
    await artifact.addFile(new Blob([text]), 'a.txt')
    return api.logArtifact(artifact, { project: 'saves', aliases: ['staging'] })
  }
  const first = await log('one')
  first.aliases.push('production', 'blessed', 'production')
  first.metadata.accuracy = 0.9
  first.tags.push('good')
  first.description = 'better'
  assert.deepEqual(first.aliases.filter(() => true).constructor, Array)
  await first.save({ reason: 'reviewed' })
  assert.deepEqual([...first.aliases].sort(), ['blessed', 'latest', 'production', 'staging'])
  assert.deepEqual(
    [first.metadata.accuracy, first.tags, first.description],
    [0.9, ['good'], 'better'],
  )
  const { items } = await listHistory(await api.client(), first.collection)
  const moves = items.filter(({ reason }) => reason === 'reviewed')
  assert.deepEqual(moves.map(({ alias }) => alias).sort(), ['blessed', 'production'])
  assert.equal(new Set(moves.map(({ changeId }) => changeId)).size, 1)

  // A stale object takes away its own place only.
  const stale = await api.artifact('saves/c:production')
  const second = await log('two')
  await second.promote('production', { expect: 'v0' })
  assert.ok(second.aliases.includes('production'))
  assert.ok(stale.aliases.remove('production'))
  assert.equal(stale.aliases.remove('production'), false)
  await stale.save()
  assert.equal((await api.resolve('saves/c:production')).version, 'v1')
  // And does not write over what another wrote.
  const other = await api.artifact('saves/c:v0')
  other.description = 'best'
  await other.save()
  stale.description = 'worst'
  await assert.rejects(stale.save(), { code: 'generation_mismatch' })

  const names = []
  for await (const version of api.versions('saves/c', { filter: ['metadata.accuracy:gte:0.5'] }))
    names.push(version.name)
  assert.deepEqual(names, ['c:v0'])
})

test('watch tells each move once, and goes on where it was told', async () => {
  const api = new Api(login)
  const artifact = new Artifact({ name: 'watched', type: 'model' })
  await artifact.addFile(new Blob(['1']), 'a.txt')
  const version = await api.logArtifact(artifact, { project: 'watch', aliases: ['production'] })
  const moves: AliasMove[] = []
  for await (const move of api.watch('watch/watched:production', { after: 0 })) {
    moves.push(move)
    if (moves.length === 1) {
      version.aliases.remove('production')
      await version.save()
    }
    if (moves.length === 2) break
  }
  assert.deepEqual(
    moves.map(({ ref, versions, generation }) => [ref, versions, generation]),
    [
      ['admin/watch/watched:v0', ['v0'], 1],
      [null, [], 2],
    ],
  )
  await version.promote('production')
  for await (const move of api.watch('watch/watched:production', { after: moves[1]?.revision })) {
    assert.deepEqual([move.generation, move.cause, move.actor], [3, 'promote', 'admin'])
    break
  }
  await assert.rejects(
    async () => {
      for await (const _ of api.watch('watch/watched:v0'));
    },
    { code: 'ref_invalid' },
  )
})

test('without folders: the package as a browser loads it', async () => {
  const api = new browser.Api(login)
  const artifact = new browser.Artifact({ name: 'page', type: 'model' })
  await artifact.addFile(new File(['from a page'], 'a.txt'))
  const version = await api.logArtifact(artifact, { project: 'browser' })
  assert.equal(await (await version.openFile('a.txt')).text(), 'from a page')
  const linked = await version.link('registry/model/page', { aliases: ['production'] })
  assert.equal(linked.created, true)
  assert.equal((await api.artifact('registry/model/page:production')).digest, version.digest)
})
