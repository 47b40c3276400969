// The official wandb client, unmodified, against a started server: what it says, and what the REST
// API then says.

import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { test } from 'node:test'
import { createTestDatabase, skipPostgres } from '../../packages/server/test/postgres.ts'
import { PROGRAM } from '../cli.ts'
import { checkedHistory, listAll } from '../rest.ts'
import { pythonWith, ROOT, realModel } from '../setup.ts'
import { type Client, clientOf, told } from './wandb-client.ts'

const current = pythonWith('wandb')
const previous = pythonWith('wandb-previous')
const model = realModel()

const LIFECYCLE = path.join(ROOT, 'examples', 'wandb_lifecycle.py')
const STORY = path.join(ROOT, 'examples', 'wandb_promote.py')
const CLASSIFIER = '/projects/admin/promotion-story/collections/image-classifier'

/** Tells the story twice and holds the registry's own word against it. */
async function tellStory({ run, rest }: Client): Promise<void> {
  for (const [first, second] of [
    ['v0', 'v1'],
    ['v2', 'v3'],
  ] as const) {
    const stdout = await run(STORY)
    for (const line of [
      `staging is ${first}`,
      `promoted ${first}: ['latest', 'production']`,
      `pulled ${first}: the same 1024 bytes`,
      `promoted ${second}: ['latest', 'production']`,
      `${first} was displaced: ['archived']`,
      `moved production back to ${first}`,
      `refused: artifact membership 'image-classifier:canary' not found`,
      `refused: artifact membership 'no-such-model:production' not found`,
    ])
      assert.ok(stdout.includes(line), `"${line}" is not in:\n${stdout}`)
    const { json } = await rest({ method: 'GET', path: `${CLASSIFIER}/resolve/production` })
    assert.equal(json.version, first)
  }
  const history = await checkedHistory(rest, CLASSIFIER)
  const moves = history.filter(({ alias }) => alias === 'production')
  assert.deepEqual(
    moves.map(({ added }) => added),
    [['v0'], ['v1'], ['v0'], ['v2'], ['v3'], ['v2']],
  )
  assert.ok(moves.every(({ actor }) => actor === 'admin'))
}

test('the story, with the current client', { skip: current.missing }, async (t) =>
  tellStory(await clientOf(t)),
)

test('the story, with the client before it', { skip: previous.missing }, async (t) =>
  tellStory(await clientOf(t, previous)),
)

test('the story, on PostgreSQL', { skip: current.missing || skipPostgres }, async (t) =>
  tellStory(await clientOf(t, current, { GREENROOM_DATABASE_URL: await createTestDatabase() })),
)

test('a real trained model goes in and comes out', {
  skip: current.missing || model.missing,
}, async (t) => {
  const { run, rest } = await clientOf(t)
  const said = told(await run('wandb_folder.py', model.path))
  const files = readdirSync(model.path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(model.path, path.join(entry.parentPath, entry.name)))
  const bytes = Object.fromEntries(
    files.map((file) => [file, readFileSync(path.join(model.path, file))]),
  )
  assert.deepEqual(
    said.md5s,
    Object.fromEntries(
      files.map((file) => [
        file,
        createHash('md5')
          .update(bytes[file] ?? '')
          .digest('hex'),
      ]),
    ),
  )
  const collection = '/projects/admin/folders/collections/real-model'
  const entries = await listAll<{ path: string; digest: string; size: number }>(
    rest,
    `${collection}/versions/v0/files`,
  )
  assert.deepEqual(
    Object.fromEntries(entries.map((entry) => [entry.path, [entry.digest, entry.size]])),
    Object.fromEntries(
      files.map((file) => {
        const content = bytes[file] ?? Buffer.alloc(0)
        const digest = createHash('sha256').update(content).digest('hex')
        return [file, [`sha256:${digest}`, content.length]]
      }),
    ),
  )
})

for (const [release, python] of [
  ['current', current],
  ['previous', previous],
] as const)
  test(`artifacts of every form, with the ${release} client`, {
    skip: python.missing,
  }, async (t) => {
    const { run, rest } = await clientOf(t, python)
    const said = told(await run('wandb_artifacts.py'))
    for (const [name, version] of Object.entries(said.versions as Record<string, string>)) {
      const { status, json } = await rest({
        method: 'GET',
        path: `/projects/admin/artifacts/collections/${name}/versions/latest`,
      })
      assert.deepEqual([status, json.version], [200, version], name)
    }
    await checkedHistory(rest, '/projects/admin/artifacts/collections/incremental')
  })

test('runs, from start to end', { skip: current.missing }, async (t) => {
  const { run } = await clientOf(t)
  assert.equal(told(await run('wandb_runs.py')).ok, true)
})

for (const [release, python] of [
  ['current', current],
  ['previous', previous],
] as const)
  test(`the API of runs of the ${release} client`, { skip: python.missing }, async (t) => {
    const { run, rest } = await clientOf(t, python)
    const { ids, stopped } = told(await run('wandb_run_api.py')) as {
      ids: readonly string[]
      stopped: string
    }
    const runs = '/projects/admin/api/runs'
    const listed = await rest({ method: 'GET', path: `${runs}?sort=createdAt` })
    assert.deepEqual(
      listed.json.items.map((each: { run: string; state: string }) => [each.run, each.state]),
      [
        [ids[0], 'finished'],
        [ids[1], 'finished'],
        [ids[2], 'finished'],
        [stopped, 'killed'],
      ],
    )
    const { json: first } = await rest({ method: 'GET', path: `${runs}/${ids[0]}` })
    assert.deepEqual([first.displayName, first.historyLines], ['another name', 101])
    assert.deepEqual(first.config, { lr: 7, net: { depth: 0 } })
    const output = await rest({ method: 'GET', path: `${runs}/${ids[0]}/output` })
    const lines = output.json.items.map(({ text }: { text: string }) => text)
    assert.ok(lines.some((line: string) => line.endsWith('a line of the console')))
    const curve = `${runs}/${ids[0]}/history?keys=nested.a&samples=10`
    const { items } = (await rest({ method: 'GET', path: curve })).json
    assert.deepEqual([items[0].values['nested.a'], items.at(-1).values['nested.a']], [0, 99])
  })

for (const [release, python] of [
  ['current', current],
  ['previous', previous],
] as const)
  test(`the command line of the ${release} client`, { skip: python.missing }, async (t) => {
    const { run } = await clientOf(t, python)
    assert.equal(told(await run('wandb_cli.py')).ok, true)
  })

test("a model's whole life, scikit-learn to roll back", { skip: current.missing }, async (t) => {
  const { run, rest } = await clientOf(t)
  const stdout = await run(LIFECYCLE, process.execPath, PROGRAM)
  assert.match(stdout, /pulled v1: .*\npulled v0: /)
  const linked = '/registries/greenroom-org/model/collections/digit-classifier'
  const { json: now } = await rest({ method: 'GET', path: `${linked}/resolve/production` })
  assert.equal(now.version, 'v0')
  const history = await checkedHistory(rest, linked)
  const production = history.filter(({ alias }) => alias === 'production')
  assert.deepEqual(
    production.map(({ cause, added, reason }) => [cause, added, reason]),
    [
      ['promote', ['v0'], null],
      ['promote', ['v1'], null],
      ['rollback', ['v0'], 'worse on test data'],
    ],
  )
  const lineage = '/projects/admin/digits/collections/digit-classifier/versions/v0/lineage'
  const { nodes } = (await rest({ method: 'GET', path: lineage })).json
  const jobs = nodes.map(({ jobType }: { jobType?: string }) => jobType)
  for (const job of ['train', 'evaluate', 'release']) assert.ok(jobs.includes(job), job)
})

test('links into a registry, and deletes', { skip: current.missing }, async (t) => {
  const { run, rest } = await clientOf(t)
  const { deleted } = told(await run('wandb_links.py'))
  assert.match(String(deleted), /was deleted/)
  const collection = '/registries/greenroom-org/model/collections/classifier'
  const history = await checkedHistory(rest, collection)
  const production = history.filter(({ alias }) => alias === 'production')
  assert.deepEqual(
    production.map(({ added, removed, cause }) => [cause, removed, added]),
    [
      ['link', [], ['v0']],
      ['promote', ['v0'], ['v1']],
      ['delete', ['v1'], []],
    ],
  )
})

test('what is refused for good is told at once', { skip: current.missing }, async (t) => {
  const { run, rest } = await clientOf(t)
  const member = 'm'.repeat(40)
  const asked = async (method: string, path: string, body: object) => {
    const { status, json } = await rest({ method, path, body })
    assert.ok(status < 300, `${method} ${path}: ${JSON.stringify(json)}`)
  }
  await asked('POST', '/users', { username: 'eve' })
  await asked('POST', '/users/eve/tokens', { name: 'a key from before', key: member })
  await asked('POST', '/teams', { name: 'Guarded' })
  await asked('PUT', '/teams/Guarded/members/eve', { role: 'member' })
  await asked('POST', '/projects', { entity: 'Guarded', name: 'refusals' })
  const guarded = { items: [{ name: 'production', protected: true }] }
  await asked('PUT', '/projects/Guarded/refusals/stages', guarded)
  const { refusals } = told(await run('wandb_refusals.py', member)) as {
    refusals: Record<string, { seconds: number; message: string }>
  }
  const expected: Record<string, RegExp> = {
    'a wrong key': /not known here/,
    'another entity': /There is no project nobody\/p that you may see/,
    'a bad tag': /[Tt]ag/,
    'a confusable alias': /looks like the stage "production"/,
    'large metadata': /Metadata takes at most/,
    'an operation that is not served': /is not served here/,
    'another type': /already exists with type/,
    'a missing registry': /There is no registry greenroom-org\/None/,
    'a protected alias that is added': /"production" is protected/,
    'a protected alias that is taken away': /"production" is protected/,
    'a registry that one may only read': /You may not change/,
    'a deleted version': /was deleted/,
    'a project of others': /project 'refusals' not found under entity 'admin'/,
    'a missing alias': /artifact membership 'model:canary' not found/,
    'a missing collection': /artifact membership 'nothing:latest' not found/,
  }
  assert.deepEqual(Object.keys(refusals).sort(), Object.keys(expected).sort())
  for (const [what, pattern] of Object.entries(expected)) {
    assert.match(refusals[what]?.message ?? '', pattern, what)
    assert.ok((refusals[what]?.seconds ?? 99) < 15, `${what} took ${refusals[what]?.seconds} s`)
  }
})

test('32 processes log one name at once and get 32 consecutive versions', {
  skip: current.missing,
}, async (t) => {
  const { run, rest } = await clientOf(t)
  const processes = Array.from({ length: 32 }, (_, at) => run('wandb_log_one.py', String(at)))
  const versions = (await Promise.all(processes)).map((stdout) => String(told(stdout).version))
  const consecutive = Array.from({ length: 32 }, (_, index) => `v${index}`)
  assert.deepEqual(versions.sort(byNumber), consecutive)
  const collection = '/projects/admin/parallel/collections/one-name'
  const listed = await listAll<{ version: string }>(rest, `${collection}/versions`)
  assert.deepEqual(listed.map(({ version }) => version).sort(byNumber), consecutive)
  await checkedHistory(rest, collection)
})

function byNumber(left: string, right: string): number {
  return Number(left.slice(1)) - Number(right.slice(1))
}

test('what REST logged is pulled by wandb, and the other way round', {
  skip: current.missing,
}, async (t) => {
  const { server, rest, run } = await clientOf(t)
  const collection = '/projects/admin/doors/collections/both'
  const weights = 'from REST'
  const digest = `sha256:${createHash('sha256').update(weights).digest('hex')}`
  const entries = [{ path: 'weights.bin', digest, size: weights.length }]
  const { json: draft } = await rest({
    method: 'POST',
    path: `${collection}/versions`,
    body: { type: 'model', entries, aliases: ['production'] },
  })
  await fetch(draft.uploads[0].url, { method: 'PUT', body: weights })
  await rest({ method: 'POST', path: `${collection}/drafts/${draft.id}/commit` })
  const said = told(await run('wandb_both_doors.py'))
  assert.deepEqual(said, { pulled: 'from REST', single: 'from REST', version: 'v1' })
  const file = await fetch(
    `${server.url}/api/v1${collection}/versions/production/files/weights.bin`,
    { headers: { authorization: `Bearer ${server.adminKey}` } },
  )
  assert.equal(await file.text(), 'from wandb')
})
