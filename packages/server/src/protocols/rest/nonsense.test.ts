import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { createTestDatabase, skipPostgres } from '../../../test/postgres.ts'
import { collectionPath, logVersion, restClient } from '../../../test/rest-client.ts'
import { ADMIN_KEY, type TestApp, testApp } from '../../../test/test-app.ts'
import { openMetadataStore } from '../../metadata/open.ts'

// Whatever a caller sends, it is refused by name: nothing breaks inside, on either database.

const PATH = collectionPath('c', 'admin')
const cursor = (kind: string, key: unknown) =>
  Buffer.from(JSON.stringify([kind, key])).toString('base64url')

const TEXTS = ['a\u0000b', '\ud800', 'x'.repeat(5_000), "' or '1'='1", '%', '_', '\\', '\u{10ffff}']
const NUMBERS = [-1, 0, 1e15, Number.MAX_SAFE_INTEGER, 2 ** 31, -(2 ** 31), 1.5, 1e300]

function requests(): [method: string, path: string, body?: unknown][] {
  const texts = TEXTS.flatMap((text): [string, string, unknown?][] => {
    const part = encodeURIComponent(text.toWellFormed())
    return [
      ['GET', `/projects/${part}/p/collections`],
      ['GET', `/projects/admin/${part}/collections`],
      ['GET', collectionPath(text.toWellFormed(), 'admin')],
      ['GET', `/projects/admin/demo/collections?type=${part}`],
      ['GET', `/projects/admin/demo/collections?cursor=${cursor('collections', text)}`],
      ['GET', `${PATH}/versions/latest/files?cursor=${cursor('files', `x ${text}`)}`],
      ['GET', `${PATH}/versions/latest/files/${part}`],
      ['GET', `${PATH}/versions/${part}`],
      ['GET', `${PATH}/drafts/${part}?cursor=${cursor('uploads', text)}`],
      ['GET', `${PATH}/aliases/${part}/history`],
      ['GET', `${PATH}/resolve/${part}?key=${part}&at=${part}`],
      ['GET', `${PATH}/resolve/production?key=${part}`],
      ['GET', `/resolve?ref=${encodeURIComponent(`admin/${text.toWellFormed()}/c`)}`],
      ['GET', `/resolve?ref=${encodeURIComponent(`admin/demo/${text.toWellFormed()}`)}`],
      ['GET', `/resolve?ref=${encodeURIComponent(`demo/c:${text.toWellFormed()}`)}`],
      ['GET', `/projects?entity=${part}`],
      ['GET', `/projects/admin/demo/collections?contains=${part}`],
      ['GET', `/projects/admin/demo/collections?stage=${part}&createdBy=${part}&since=${part}`],
      ['GET', `/projects/admin/demo/runs/${part}`],
      ['GET', `${PATH}/versions?filter=tag:eq:${part}&filter=metadata.a:lt:${part}`],
      ['GET', `${PATH}/versions?filter=metadata.${part}:exists&sort=metadata.${part}`],
      ['GET', `${PATH}/versions?sort=size&cursor=${cursor('search', text)}`],
      ['GET', `${PATH}/compare?base=${part}&head=v0`],
      ['GET', `${PATH}/compare?base=v0&head=v0&cursor=${cursor('compare', `x y ${text}`)}`],
      ['GET', `${PATH}/history?actor=${part}&since=${part}`],
      ['GET', `${PATH}/aliases/${part}/holders`],
      ['POST', '/projects', { name: text }],
      ['POST', '/registries', { name: text, entity: text, description: text }],
      ['PATCH', PATH, { description: text }],
      ['PUT', '/projects/admin/demo/stages', { items: [{ name: text }], reason: text }],
      ['POST', `${PATH}/aliases/${part}/dry-run`, { version: text }],
      ['POST', `${PATH}/links`, { version: text, aliases: [text] }],
      ['POST', `${PATH}/versions/v0/quarantine`, { reason: text }],
      ['DELETE', `${PATH}/versions/v0/quarantine`],
      ['GET', `/users/${part}/tokens`],
      ['DELETE', `/users/admin/tokens/${part}`],
      ['DELETE', `${PATH}/aliases/production?reason=${part}`],
      ['PUT', `${PATH}/aliases/${part}`, { version: 'v0' }],
      ['PUT', `${PATH}/aliases/a`, { version: text }],
      ['PUT', `${PATH}/aliases/a`, { version: 'v0', reason: text, expect: text }],
      ['PUT', `${PATH}/aliases/a`, { slots: [{ version: 'v0', label: text }] }],
      ['POST', `${PATH}/versions`, { type: text }],
      ['POST', `${PATH}/versions`, { type: 'model', aliases: [text] }],
      ['POST', `${PATH}/versions`, { type: 'model', tags: [text] }],
      ['POST', `${PATH}/versions`, { type: 'model', entries: [{ path: 'a', reference: text }] }],
      ['POST', `${PATH}/versions`, { type: 'model', entries: [{ path: text, reference: 'x' }] }],
      ['PATCH', `${PATH}/versions/v0`, { description: text }],
      ['PATCH', `${PATH}/versions/v0`, { metadata: { [text]: text } }],
      ['POST', '/projects/admin/demo/collections', { name: text, type: 'm', description: text }],
      ['POST', '/users', { username: text }],
      ['POST', '/users', { username: 'eve', displayName: text, email: text }],
      ['POST', '/users/admin/tokens', { name: text }],
    ]
  })
  const numbers = NUMBERS.flatMap((number): [string, string, unknown?][] => [
    ['GET', `${PATH}/versions?cursor=${cursor('versions', number)}`],
    ['GET', `${PATH}/history?cursor=${cursor('history', number)}`],
    ['GET', `/users?cursor=${cursor('users', number)}`],
    ['GET', `${PATH}/versions?limit=${number}`],
    ['GET', `${PATH}/aliases/production/holders?cursor=${cursor('holders', number)}`],
    ['GET', `/projects/admin/demo/runs?cursor=${cursor('runs', number)}`],
    ['GET', `/projects?cursor=${cursor('owners', number)}`],
    ['GET', `/projects/admin/demo/stages/history?cursor=${cursor('stages', number)}`],
    ['GET', `${PATH}/versions?filter=size:gt:${number}&sort=-size`],
    ['GET', `${PATH}/versions/v0/lineage?depth=${number}`],
    ['PUT', '/projects/admin/demo/stages', { items: [{ name: 'production', capacity: number }] }],
    ['GET', `${PATH}/versions/v${number}`],
    ['GET', `${PATH}/resolve/latest@{${number}}`],
    ['DELETE', `${PATH}/aliases/latest2?version=v${number}`],
    ['DELETE', `${PATH}/aliases/production?version=v${number}`],
    ['POST', `${PATH}/aliases/production/rollback`, { to: `v${number}` }],
    ['PUT', `${PATH}/aliases/production`, { version: 'v0', expect: number }],
    ['PUT', `${PATH}/aliases/production`, { slots: [{ version: 'v0', weight: number }] }],
    ['POST', `${PATH}/versions`, { type: 'model', ttlSeconds: number }],
    [
      'POST',
      `${PATH}/versions`,
      { type: 'model', entries: [{ path: 'n', reference: 'x', size: number }] },
    ],
  ])
  const times = ['0000-01-01T00:00:00Z', '9999-12-31T23:59:59.999999999Z', '2026-13-01T00:00:00Z']
  return [
    ...texts,
    ...numbers,
    ...times.map((time): [string, string] => ['GET', `${PATH}/resolve/latest?at=${time}`]),
  ]
}

test('nonsense is refused, on SQLite', async (t) => {
  await sendNonsense(await testApp(t))
})

test('nonsense is refused, on PostgreSQL', { skip: skipPostgres }, async (t) => {
  await sendNonsense(await postgresApp(t))
})

async function postgresApp(t: TestContext): Promise<TestApp> {
  const metadata = await openMetadataStore({ url: await createTestDatabase() })
  // Before the app's own end, which looks for connections that were left.
  t.after(() => metadata.close())
  return testApp(t, { metadata })
}

async function sendNonsense(app: TestApp): Promise<void> {
  const call = restClient(app, ADMIN_KEY)
  await logVersion(app, call, PATH, { w: 'x' }, { aliases: ['production'] })
  const broken: string[] = []
  for (const [method, path, body] of requests()) {
    const answer = await call(method, path, body === undefined ? {} : { body })
    if (answer.status >= 500) broken.push(`${method} ${path.slice(0, 200)} ${JSON.stringify(body)}`)
  }
  assert.deepEqual(broken, [])
}
