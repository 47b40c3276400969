// Users, teams and rights through the official client, and what REST says of the same.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { listAll, type RestCaller } from '../rest.ts'
import { pythonWith } from '../setup.ts'
import { type Client, clientOf, told } from './wandb-client.ts'

const ADA_KEY = '0123456789abcdef0123456789abcdef01234567'
const EVE_KEY = `local-${'fedcba9876543210'.repeat(3)}`

const REFUSALS: Readonly<Record<string, RegExp>> = {
  'a user by who may not': /Only an administrator may do this/,
  'a deleted key': /not known here|revoked/,
  'a project of a team by who is not in it': /project 'shared' not found under entity 'Vision'/,
  'a registry of others': /Failed to load registry 'Secret'/,
  'no role': /"emperor" is no role/,
  'members by who may not': /You may not administer/,
}

/** A user of the organization whose jobs have a key already: an administrator imports it. */
async function importUser(rest: RestCaller, username: string, key: string): Promise<void> {
  const made = await rest({ method: 'POST', path: '/users', body: { username } })
  assert.equal(made.status, 201, JSON.stringify(made.json))
  const path = `/users/${username}/tokens`
  const imported = await rest({ method: 'POST', path, body: { name: 'from before', key } })
  assert.equal(imported.status, 201, JSON.stringify(imported.json))
}

async function tellTeams({ run, rest }: Client): Promise<void> {
  await importUser(rest, 'ada', ADA_KEY)
  await importUser(rest, 'eve', EVE_KEY)
  const seen = told(await run('wandb_teams.py', ADA_KEY, EVE_KEY)) as Record<string, string>
  const { account, ...refusals } = seen
  assert.match(account ?? '', /^Nightly-training-[0-9a-f]{6}$/)
  assert.deepEqual(Object.keys(refusals).sort(), Object.keys(REFUSALS).sort())
  for (const [what, pattern] of Object.entries(REFUSALS))
    assert.match(refusals[what] ?? '', pattern, what)
  const names = (items: readonly { name: string; role: string }[]) =>
    items.map(({ name, role }) => [name, role]).sort()
  const team = await listAll<{ name: string; role: string }>(rest, '/teams/Vision/members')
  assert.deepEqual(names(team), [
    [account, 'member'],
    ['ada', 'member'],
    ['admin', 'admin'],
  ])
  const secret = '/registries/greenroom-org/Secret/members'
  assert.deepEqual(names(await listAll(rest, secret)), [['admin', 'admin']])
  const shared = await rest({ method: 'GET', path: '/projects/Vision/shared/collections' })
  assert.equal(shared.status, 200)
  const users = await listAll<{ username: string; email: string | null }>(rest, '/users')
  const grace = users.find(({ username }) => username === 'Grace.Hopper')
  assert.equal(grace?.email, 'Grace.Hopper@example.com')
}

for (const [release, python] of [
  ['current', pythonWith('wandb')],
  ['previous', pythonWith('wandb-previous')],
] as const)
  test(
    `users, teams and members, with the ${release} client`,
    { skip: python.missing },
    async (t) => tellTeams(await clientOf(t, python)),
  )

test('a job goes on with the key that it had', { skip: pythonWith('wandb').missing }, async (t) => {
  const { rest, runAs } = await clientOf(t)
  await importUser(rest, 'ada', ADA_KEY)
  const { version } = told(await runAs(ADA_KEY, 'wandb_log_one.py', '7'))
  assert.equal(version, 'v0')
  const path = '/projects/ada/parallel/collections/one-name/versions/v0'
  const { json } = await rest({ method: 'GET', path })
  assert.equal(json.createdBy, 'ada')
})

test('a service account works in its team', { skip: pythonWith('wandb').missing }, async (t) => {
  const { rest, runAs } = await clientOf(t)
  const made = async (path: string, body: object) => {
    const { status, json } = await rest({ method: 'POST', path, body })
    assert.ok(status < 300, `${path}: ${JSON.stringify(json)}`)
    return json
  }
  await made('/teams', { name: 'Robots' })
  await made('/service-accounts', { name: 'nightly', team: 'Robots', role: 'member' })
  const { key } = await made('/users/nightly/tokens', { name: 'for its jobs' })
  assert.equal(told(await runAs(key, 'wandb_log_one.py', '7')).version, 'v0')
  const path = '/projects/Robots/parallel/collections/one-name/versions/v0'
  const { json } = await rest({ method: 'GET', path })
  assert.equal(json.createdBy, 'nightly')
})
