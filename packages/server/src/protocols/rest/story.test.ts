import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { createTestDatabase, skipPostgres } from '../../../test/postgres.ts'
import {
  collectionPath,
  entriesOf,
  logVersion,
  type RestClient,
  restClient,
  sendUploads,
} from '../../../test/rest-client.ts'
import { type TestApp, testApp, USER_KEY } from '../../../test/test-app.ts'
import { digestOf } from '../../core/model/digest.ts'
import { openMetadataStore } from '../../metadata/open.ts'

const PATH = collectionPath('image-classifier')
const FIRST = 'weights of the first'
const BETTER = 'weights of the better one'

test('the story over REST, on SQLite', async (t) => {
  await story(await testApp(t))
})

test('the story over REST, on PostgreSQL', { skip: skipPostgres }, async (t) => {
  await story(await postgresApp(t))
})

async function postgresApp(t: TestContext): Promise<TestApp> {
  const metadata = await openMetadataStore({ url: await createTestDatabase() })
  // Before the app's own end, which looks for connections that were left.
  t.after(() => metadata.close())
  return testApp(t, { metadata })
}

/** Log with the alias staging, find it, promote, pull; log a better one, promote; go back. */
async function story(app: TestApp): Promise<void> {
  const call = restClient(app, USER_KEY)
  await logAndPromote(app, call)
  await logBetterAndGoBack(app, call)
  await askForWhatIsNotThere(call)
}

async function logAndPromote(app: TestApp, call: RestClient): Promise<void> {
  const begun = await call('POST', `${PATH}/versions`, {
    body: {
      type: 'model',
      entries: entriesOf({ 'my_awesome_model.h5': FIRST }),
      metadata: { accuracy: 0.91 },
      description: 'first try',
      tags: ['vision'],
      aliases: ['staging'],
    },
  })
  assert.equal(begun.status, 201)
  assert.deepEqual(
    begun.json.uploads.map(({ digest, size }: { digest: string; size: number }) => [digest, size]),
    [[digestOf(FIRST), FIRST.length]],
  )
  const draft = `${PATH}/drafts/${begun.json.id}`
  const early = await call('POST', `${draft}/commit`)
  assert.deepEqual([early.status, early.json.code], [422, 'blob_missing'])
  await sendUploads(app, begun.json, [FIRST])
  assert.deepEqual((await call('GET', draft)).json.uploads, [])

  const committed = await call('POST', `${draft}/commit`)
  assert.equal(committed.status, 201)
  const version = committed.json
  assert.deepEqual(
    [version.ref, version.version, version.created, version.createdBy, version.aliases],
    ['ada/demo/image-classifier:v0', 'v0', true, 'ada', ['latest', 'staging']],
  )
  const again = await call('POST', `${draft}/commit`)
  assert.deepEqual([again.status, again.json.version, again.json.created], [200, 'v0', false])

  const found = await call('GET', `${PATH}/versions/staging`)
  assert.deepEqual(
    [found.json.version, found.json.metadata, found.json.tags],
    ['v0', { accuracy: 0.91 }, ['vision']],
  )
  const promoted = await call('PUT', `${PATH}/aliases/production`, {
    body: { version: 'staging', reason: 'passed review' },
    headers: { 'if-none-match': '*' },
  })
  assert.equal(promoted.status, 200)
  assert.equal(promoted.headers.etag, '"1"')
  assert.equal(promoted.json.changed, true)
  const slot = { version: 'v0', digest: version.digest, label: 'default', weight: 1 }
  assert.deepEqual(promoted.json.slots, [slot])
  assert.equal(promoted.json.lastMove.reason, 'passed review')

  const unstaged = await call('DELETE', `${PATH}/aliases/staging?version=v0`)
  assert.deepEqual([unstaged.status, unstaged.json.slots], [200, []])
  const pulled = await call('GET', `${PATH}/versions/production/files/my_awesome_model.h5`)
  assert.equal(pulled.bytes.toString(), FIRST)
}

async function logBetterAndGoBack(app: TestApp, call: RestClient): Promise<void> {
  const better = await logVersion(app, call, PATH, { 'my_awesome_model.h5': BETTER })
  assert.deepEqual([better.status, better.json.version], [201, 'v1'])
  const moved = await call('PUT', `${PATH}/aliases/production`, {
    body: { version: 'v1' },
    headers: { 'if-match': '"1"' },
  })
  assert.equal(moved.json.generation, 2)
  // The displaced one is archived in the same transaction.
  assert.deepEqual(moved.json.others, [
    { alias: 'archived', generation: 1, added: ['v0'], removed: [] },
  ])
  assert.deepEqual((await call('GET', `${PATH}/versions/v0`)).json.aliases, ['archived'])

  const back = await call('POST', `${PATH}/aliases/production/rollback`)
  assert.deepEqual([back.status, back.json.slots[0].version], [200, 'v0'])
  assert.equal(back.json.lastMove.cause, 'rollback')
  assert.deepEqual((await call('GET', `${PATH}/versions/v1`)).json.aliases, ['archived', 'latest'])
  const resolved = await call('GET', `${PATH}/resolve/production`)
  assert.deepEqual(
    [resolved.json.version, resolved.json.generation, resolved.json.foundBy],
    ['v0', 3, 'alias'],
  )
  const history = await call('GET', `${PATH}/aliases/production/history`)
  assert.deepEqual(
    history.json.items.map((event: { cause: string; added: string[]; removed: string[] }) => [
      event.cause,
      event.added,
      event.removed,
    ]),
    [
      ['rollback', ['v0'], ['v1']],
      ['promote', ['v1'], ['v0']],
      ['promote', ['v0'], []],
    ],
  )
}

async function askForWhatIsNotThere(call: RestClient): Promise<void> {
  const alias = await call('GET', `${PATH}/resolve/canary`)
  assert.deepEqual([alias.status, alias.json.code], [404, 'alias_unknown'])
  assert.deepEqual(alias.json.details.aliases.sort(), ['archived', 'latest', 'production'])
  const collection = await call('GET', `${collectionPath('image-clasifier')}/resolve/production`)
  assert.deepEqual([collection.status, collection.json.code], [404, 'collection_not_found'])
  assert.deepEqual(collection.json.details.near, ['image-classifier'])
  const version = await call('GET', `${PATH}/resolve/v7`)
  assert.deepEqual([version.status, version.json.details.last], [404, 1])
}
