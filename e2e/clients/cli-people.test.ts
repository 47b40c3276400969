// Users, teams and keys by the command line, each key being tried.

import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { test } from 'node:test'
import { EXIT } from '../../packages/cli/src/exit-codes.ts'
import { type Ended, openSignedIn } from '../cli.ts'
import { startServer } from '../server.ts'

const IMPORTED = 'hf_importedKeyOfAnotherServer0123456789abcdef'

function json({ stdout, code, stderr }: Ended) {
  assert.equal(code, 0, stderr)
  return JSON.parse(stdout)
}

test('a team works together, and its robot may do one thing', async (t) => {
  const server = await startServer(t)
  const shell = await openSignedIn(t, server)
  const ask = async (...argv: string[]) => json(await shell.greenroom(...argv, '--json'))
  const as =
    (key: string) =>
    (...argv: string[]) =>
      shell.run({ environment: { GREENROOM_URL: server.url, GREENROOM_API_KEY: key } }, ...argv)
  writeFileSync(path.join(shell.folder, 'model.bin'), 'weights')
  for (const name of ['ada', 'robot', 'eve']) await ask('user', 'create', name)
  await ask('team', 'create', 'vision')
  assert.deepEqual(await ask('team', 'add', 'vision', 'ada'), {
    team: 'vision',
    member: 'ada',
    role: 'member',
  })
  await ask('team', 'add', 'vision', 'robot', '--role', 'member')
  const members = (await ask('team', 'members', 'vision')).items
  assert.deepEqual(
    members.map(({ name, role }: { name: string; role: string }) => [name, role]).sort(),
    [
      ['ada', 'member'],
      ['admin', 'admin'],
      ['robot', 'member'],
    ],
  )
  assert.ok(
    (await ask('team', 'list')).items.some((team: { name: string }) => team.name === 'vision'),
  )

  const ada = as((await ask('token', 'create', 'laptop', '--user', 'ada', '--expires', '90d')).key)
  const pushed = json(
    await ada('push', 'model.bin', 'vision/demo/c', '--alias', 'staging', '--json'),
  )
  assert.equal(pushed.version, 'v0')
  const eve = as((await ask('token', 'create', 'laptop', '--user', 'eve')).key)
  assert.equal((await eve('show', 'vision/demo/c')).code, EXIT.notFound)

  // A key for one thing, and one that another server gave.
  const scoped = await ask(
    ...['token', 'create', 'ci', '--user', 'robot', '--verb', 'read', '--verb', 'promote'],
    ...['--alias', 'staging*', '--owner', 'vision/*', '--expires', '2100-01-01'],
  )
  assert.deepEqual(scoped.scope, {
    verbs: ['read', 'promote'],
    owner: 'vision/*',
    collection: '*',
    alias: 'staging*',
  })
  assert.equal(Date.parse(scoped.expiresAt), Date.UTC(2100, 0, 1))
  const robot = as(scoped.key)
  assert.equal((await robot('promote', 'vision/demo/c:v0', '--to', 'staging-eu')).code, EXIT.ok)
  assert.equal(
    (await robot('promote', 'vision/demo/c:v0', '--to', 'production')).code,
    EXIT.notAllowed,
  )
  writeFileSync(path.join(shell.folder, 'old-key'), `${IMPORTED}\n`)
  await ask('token', 'import', 'moved', '--user', 'ada', '--key-file', 'old-key')
  assert.equal(json(await as(IMPORTED)('show', 'vision/demo/c', '--json')).version, 'v0')

  const { stdout } = await shell.greenroom('token', 'list', '--user', 'robot')
  assert.match(stdout, /ID +NAME +KEY +MAY +CREATED +LAST USED +EXPIRES +REVOKED/)
  assert.match(stdout, /ci +\S+… +read promote in vision\/\*\/\*:staging\* /)
  await ask('token', 'revoke', scoped.id, '--user', 'robot')
  assert.equal((await robot('show', 'vision/demo/c')).code, EXIT.notAllowed)
  await ask('team', 'remove', 'vision', 'ada')
  assert.equal((await ada('show', 'vision/demo/c')).code, EXIT.notFound)
  await ask('user', 'remove', 'ada')
  assert.equal((await ada('list', 'vision/demo/')).code, EXIT.notAllowed)
})

test('what a key cannot be is said as typed', async (t) => {
  const server = await startServer(t)
  const shell = await openSignedIn(t, server)
  for (const [words, said] of [
    [['--expires', 'soon'], /90d, 12h, or a time/],
    [['--verb', 'fly'], /one of read, download/],
    [['--alias', 'staging'], /--verb read, for example/],
  ] as const) {
    const { code, stderr } = await shell.greenroom('token', 'create', 'x', ...words)
    assert.equal(code, EXIT.usage, stderr)
    assert.match(stderr, said)
  }
  const lost = await shell.greenroom('token', 'import', 'x', '--key-file', 'nowhere')
  assert.equal(lost.code, EXIT.usage)
  assert.match(lost.stderr, /--key-file: .*nowhere/)
})
