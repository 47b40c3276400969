// What an administrator does by the command line alone: organizations, service accounts,
// registries with their members, stages and grants, and what ends for good.

import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { test } from 'node:test'
import { EXIT } from '../../packages/cli/src/exit-codes.ts'
import { type Ended, openSignedIn } from '../cli.ts'
import { startServer } from '../server.ts'

function json({ stdout, code, stderr }: Ended) {
  assert.equal(code, 0, stderr)
  return JSON.parse(stdout)
}

test('an organization, its registry, and a robot that may move one stage', async (t) => {
  const server = await startServer(t)
  const shell = await openSignedIn(t, server)
  const ask = async (...argv: string[]) => json(await shell.greenroom(...argv, '--json'))
  const names = (items: readonly { readonly name: string }[]) => items.map(({ name }) => name)
  assert.equal((await ask('whoami')).user.admin, true)

  await ask('org', 'create', 'acme-org', '--display-name', 'Acme')
  await ask('organization', 'rename', 'acme-org', 'Acme Corp.')
  assert.ok(names((await ask('org', 'list')).items).includes('acme-org'))
  await ask('user', 'create', 'ada')
  assert.equal((await ask('user', 'change', 'ada', '--display-name', 'Ada')).displayName, 'Ada')
  const secret = { stdin: 'correct horse battery staple\n' }
  assert.deepEqual(json(await shell.run(secret, 'user', 'password', 'ada', '--json')), {
    username: 'ada',
    passwordSet: true,
  })
  const signedIn = await fetch(`${server.url}/api/v1/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: server.url },
    body: JSON.stringify({ username: 'ada', password: 'correct horse battery staple' }),
  })
  assert.equal(signedIn.status, 201)
  await ask('org', 'add', 'acme-org', 'ada', '--role', 'viewer')
  await ask('service-account', 'create', 'ci', '--organization', 'acme-org', '--role', 'viewer')
  const accounts = await ask('service-account', 'list', '--organization', 'acme-org')
  assert.deepEqual(names(accounts.items), ['ci'])

  await ask('registry', 'create', 'acme-org/fraud', '--restricted')
  await ask('registry', 'change', 'acme-org/fraud', '--description', 'Fraud models')
  const [fraud] = (await ask('registry', 'list', '--entity', 'acme-org')).items
  assert.deepEqual(
    [fraud.name, fraud.restricted, fraud.description],
    ['fraud', true, 'Fraud models'],
  )
  const place = 'registry/acme-org/fraud'
  await ask('registry', 'add', place, 'ada', '--role', 'restricted_viewer')
  assert.deepEqual(names((await ask('registry', 'members', place)).items).sort(), ['ada', 'admin'])
  const { items: stages } = await ask('stage', 'set', place, 'production', '--protected')
  assert.deepEqual(
    stages.map((stage: { name: string; protected: boolean }) => [stage.name, stage.protected]),
    [
      ['staging', false],
      ['production', true],
      ['archived', false],
    ],
  )
  const grant = ['grant', 'create', place, 'ci', '--verb', 'promote', '--alias', 'staging*']
  const { id } = await ask(...grant)

  writeFileSync(path.join(shell.folder, 'model.bin'), 'weights')
  await ask('push', 'model.bin', 'demo/c')
  await ask('link', 'demo/c:v0', `${place}/c`)
  const { key } = await ask('token', 'create', 'deploy', '--user', 'ci')
  const environment = { GREENROOM_URL: server.url, GREENROOM_API_KEY: key }
  const asRobot = (...argv: string[]) => shell.run({ environment }, ...argv)
  const promote = (alias: string) => asRobot('promote', `${place}/c:v0`, '--to', alias)
  assert.equal((await promote('staging')).code, EXIT.ok)
  assert.equal((await promote('production')).code, EXIT.notAllowed)
  const why = async (alias: string) => {
    const question = ['grant', 'explain', place, 'ci', '--alias', alias]
    const { allowed, because, grant } = await ask(...question, '--verb', 'promote')
    return [allowed, because, grant?.id]
  }
  assert.deepEqual(await why('staging'), [true, 'grant', id])
  assert.deepEqual(await why('production'), [false, 'role', undefined])
  const said = await shell.greenroom('grant', 'explain', place, 'ci', '--alias', 'production')
  assert.match(said.stdout, /^ci may not move production, which is protected: their role is /)
  assert.equal((await shell.greenroom('storage')).code, EXIT.ok)
  const refused = await shell.greenroom('events', place, '--kind', 'refusal.protected', '--json')
  const seen = JSON.parse(refused.stdout.trimEnd())
  assert.deepEqual([seen.actor, seen.collection, seen.alias], ['ci', 'c', 'production'])
  const all = (await shell.greenroom('events', '--after', '1')).stdout.trimEnd().split('\n')
  assert.match(all[0] ?? '', /^2 {2}20.*Z {2}\S+ {2}\S+ {2}/)
  assert.ok(all.some((line) => line.includes(' member.set ') && line.includes('"user":"ada"')))
  await ask('grant', 'remove', place, id)
  assert.equal((await promote('staging')).code, EXIT.notFound)
  await ask('service-account', 'remove', 'ci')
  assert.equal((await asRobot('whoami')).code, EXIT.notAllowed)
})

test('stages are declared one by one, and the rest of them stays', async (t) => {
  const shell = await openSignedIn(t, await startServer(t))
  const ask = async (...argv: string[]) => json(await shell.greenroom(...argv, '--json'))
  const stage = async (name: string) =>
    (await ask('stage', 'list', 'demo')).items.find((each: { name: string }) => each.name === name)
  await ask('project', 'create', 'demo')
  const set = ['stage', 'set', 'demo', 'canary', '--capacity', '3', '--fallback', 'production']
  await ask(...set, '--fallback', 'staging', '--reason', 'try it first')
  await ask('stage', 'set', 'demo', 'canary', '--requires', 'staging', '--on-supersede', 'archived')
  assert.deepEqual(await stage('canary'), {
    name: 'canary',
    position: 3,
    capacity: 3,
    protected: false,
    requires: ['staging'],
    onSupersede: 'archived',
    clears: [],
    fallback: ['production', 'staging'],
  })
  await ask('stage', 'set', 'demo', 'canary', '--fallback', '', '--on-supersede', '')
  const { fallback, onSupersede } = await stage('canary')
  assert.deepEqual([fallback, onSupersede], [[], null])
  await ask('stage', 'remove', 'demo', 'canary')
  assert.equal(await stage('canary'), undefined)
  const { stdout } = await shell.greenroom('stage', 'history', 'demo')
  assert.match(stdout, /staging → production → archived → canary +try it first/)
  const unknown = await shell.greenroom('stage', 'remove', 'demo', 'canary')
  assert.equal(unknown.code, EXIT.usage)
  assert.match(unknown.stderr, /There are: staging, production, archived\./)
})

test('what ends for good is asked about, and who holds it is named', async (t) => {
  const shell = await openSignedIn(t, await startServer(t))
  const ask = async (...argv: string[]) => json(await shell.greenroom(...argv, '--json'))
  writeFileSync(path.join(shell.folder, 'model.bin'), 'weights')
  await ask('push', 'model.bin', 'demo/c', '--alias', 'production')

  const unasked = await shell.greenroom('delete', 'demo/c:v0')
  assert.equal(unasked.code, EXIT.usage)
  assert.match(unasked.stderr, /demo\/c:v0.*bears production\..*--yes/)
  const held = await shell.greenroom('delete', 'demo/c:v0', '--yes')
  assert.equal(held.code, EXIT.conflict)
  assert.match(held.stderr, /admin\/demo\/c:production.*\n.*--drop-aliases/)
  await ask('quarantine', 'demo/c:v0', '--reason', 'trained on leaked data')
  assert.match((await shell.greenroom('pull', 'demo/c:v0', 'x')).stderr, /leaked data/)
  await ask('quarantine', 'demo/c:v0', '--release')
  const deleted = await ask('delete', 'demo/c:production', '--drop-aliases', '--yes')
  assert.deepEqual(deleted, { ref: 'admin/demo/c:v0', deleted: true })
  assert.equal((await shell.greenroom('show', 'demo/c:v0')).code, EXIT.notFound)

  await ask('delete', 'demo/c', '--yes')
  assert.deepEqual((await ask('list', 'demo')).items, [])
  await ask('project', 'delete', 'demo', '--yes')
  assert.equal((await shell.greenroom('list', 'demo')).code, EXIT.notFound)
  await ask('team', 'create', 'vision')
  assert.deepEqual(await ask('team', 'delete', 'vision', '--yes'), {
    team: 'vision',
    deleted: true,
  })
  assert.deepEqual(await ask('logout'), { wasSignedIn: true })
  assert.equal((await shell.greenroom('whoami')).code, EXIT.notAllowed)
})
