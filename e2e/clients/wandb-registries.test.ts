// Registries through the official client: what it says, and what REST says of the same.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createTestDatabase, skipPostgres } from '../../packages/server/test/postgres.ts'
import { listAll } from '../rest.ts'
import { pythonWith } from '../setup.ts'
import { type Client, clientOf, told } from './wandb-client.ts'

const REFUSALS: Readonly<Record<string, RegExp>> = {
  taken: /'Vision' already exists in organization 'Greenroom'/,
  missing: /Failed to load registry 'Audio'/,
  'unknown organization': /Organization 'Nobody' not found/,
  renamed: /Failed to load registry 'Vision'/,
  'another type': /holds no artifacts of type "config", only "dataset", "model"/,
  'no registry': /There is no registry greenroom-org\/None/,
  'a pattern that is more than text': /\$regex is plain text here/,
  'an organization that is not there': /Organization 'Nobody' not found/,
  'versions in order': /Ordering registry versions is not supported/,
  'a bad tag': /Tags must only contain alphanumeric characters/,
  deleted: /Failed to load registry 'Audio'/,
  'deleted twice': /There is no such registry/,
}

async function tellRegistries({ run, rest }: Client): Promise<void> {
  const seen = told(await run('wandb_registries.py')) as Record<string, string>
  assert.deepEqual(Object.keys(seen).sort(), Object.keys(REFUSALS).sort())
  for (const [what, pattern] of Object.entries(REFUSALS)) assert.match(seen[what] ?? '', pattern)
  const get = async (path: string) => (await rest({ method: 'GET', path })).json
  const registries = await listAll<{ name: string }>(rest, '/registries')
  assert.deepEqual(registries.map(({ name }) => name).sort(), ['Sight', 'dataset', 'model'])
  const sight = await get('/registries/greenroom-org/Sight')
  assert.equal(sight.description, 'All that sees, and more')
  assert.deepEqual(sight.artifactTypes, ['dataset', 'model'])
  assert.deepEqual([sight.allowsAllTypes, sight.restricted], [false, false])
  const detector = await get('/registries/greenroom-org/Sight/collections/Detector')
  assert.equal(detector.description, 'Finds things')
  assert.deepEqual(detector.tags, ['good'])
  const path = '/registries/greenroom-org/Sight/collections/Detector/resolve/production'
  assert.equal((await get(path)).version, 'v1')
  const many = await get('/projects/admin/registries/collections/many')
  assert.deepEqual([many.type, many.tags], ['weights', ['kept']])
  assert.equal((await rest({ method: 'GET', path: '/registries/greenroom-org/Audio' })).status, 404)
}

for (const [release, python] of [
  ['current', pythonWith('wandb')],
  ['previous', pythonWith('wandb-previous')],
] as const)
  test(`registries, with the ${release} client`, { skip: python.missing }, async (t) =>
    tellRegistries(await clientOf(t, python)),
  )

test(
  'registries, on PostgreSQL',
  {
    skip: pythonWith('wandb').missing || skipPostgres,
  },
  async (t) =>
    tellRegistries(
      await clientOf(t, pythonWith('wandb'), {
        GREENROOM_DATABASE_URL: await createTestDatabase(),
      }),
    ),
)
