import assert from 'node:assert/strict'
import { request } from 'node:http'
import { describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { addVersion, collectionOf } from '../../../test/builders.ts'
import { ADMIN_KEY, testApp, USER_KEY } from '../../../test/test-app.ts'
import { md5Of, wandbClient } from '../../../test/wandb-client.ts'
import {
  ADD_ALIASES,
  aliasInput,
  BY_ID,
  BY_NAME,
  byId,
  byName,
  COMMIT,
  CREATE_ARTIFACT,
  CREATE_FILES,
  create,
  inputOf,
  log,
  manifestOf,
  sendFiles,
  sendManifest,
  setUp,
} from '../../../test/wandb-log.ts'
import { ERROR_CODES } from '../../core/errors.ts'
import { WANDB_STATUS_OF } from './status.ts'

describe('what is refused', () => {
  it('uses only statuses that the client takes for final, but for what may pass', () => {
    const final = new Set([400, 401, 403, 404, 410, 413, 422, 501])
    const passing = new Set(['internal', 'rate_limited', 'registry_unavailable'])
    for (const code of ERROR_CODES)
      assert.equal(final.has(WANDB_STATUS_OF[code]), !passing.has(code), code)
  })

  it('says null for what is not there', async (t) => {
    const { client } = await setUp(t)
    await log(client, { files: { a: '1' } })
    for (const name of ['model:nope', 'model:v9', 'none:latest', 'model:v01', 'model:a/b'])
      assert.equal(await byName(client, name), null, name)
    assert.equal((await byName(client, 'model'))?.versionIndex, 0, 'no alias is latest')
    const other = await client.ask<{ project: null }>(BY_NAME, {
      entity: 'nobody',
      project: 'p',
      name: 'a:b',
    })
    assert.equal(other.project, null)
    assert.equal(await byId(client, Buffer.from('Artifact:none').toString('base64')), null)
  })

  it('shows nobody another user’s project, and lets an administrator in', async (t) => {
    const { app, client } = await setUp(t)
    await log(client, { files: { a: '1' } })
    const ask = { entity: 'admin', project: 'demo', name: 'secret:latest' }
    const foreign = collectionOf(app.admin, 'secret')
    await addVersion(app.registry, app.admin, { files: { s: 's' }, collection: foreign })
    assert.deepEqual(await client.ask(BY_NAME, ask), { project: null })
    const admin = wandbClient(app, ADMIN_KEY)
    assert.notEqual(await byName(admin, 'model:latest'), null)
  })

  const refusals: readonly [string, number, Readonly<Record<string, unknown>>][] = [
    ['a bad tag', 422, { tags: [{ tagName: 'a/b' }] }],
    ['a version as an alias', 422, { aliases: [{ alias: 'v1', artifactCollectionName: 'model' }] }],
    ['another digest algorithm', 400, { digestAlgorithm: 'MANIFEST_XXH128' }],
    ['a region', 400, { storageRegion: 'coreweave-us' }],
    ['somebody else’s entity', 404, { entityName: 'admin' }],
    ['metadata that is no object', 400, { metadata: '[1]' }],
  ]
  for (const [what, status, input] of refusals)
    it(`refuses ${what} with ${status}`, async (t) => {
      const { client } = await setUp(t)
      const sent = { input: { ...inputOf({ files: { a: '1' } }), ...input } }
      const answer = await client.send({ query: CREATE_ARTIFACT, variables: sent })
      assert.equal(answer.statusCode, status, answer.body)
      assert.equal(typeof answer.json().errors[0].message, 'string')
    })

  it('refuses another artifact type for a collection', async (t) => {
    const { client } = await setUp(t)
    await log(client, { files: { a: '1' } })
    const input = inputOf({ files: { a: '2' }, input: { artifactTypeName: 'dataset' } })
    const answer = await client.send({ query: CREATE_ARTIFACT, variables: { input } })
    assert.equal(answer.statusCode, 422, answer.body)
  })

  it('refuses a manifest that is not what was announced', async (t) => {
    const { client } = await setUp(t)
    const { id } = await create(client, { files: { a: '1', b: '2' } })
    await sendFiles(client, id, { a: '1', b: '2' })
    const none = await client.send({ query: COMMIT, variables: { artifactID: id } })
    assert.equal(none.statusCode, 400, none.body)
    await sendManifest(client, id, manifestOf({ a: '1' }))
    const other = await client.send({ query: COMMIT, variables: { artifactID: id } })
    assert.equal(other.statusCode, 400, other.body)
    assert.match(other.json().errors[0].message, /digest/)
  })

  it('refuses a manifest with bytes that have not come, or that only others hold', async (t) => {
    const { app, client } = await setUp(t)
    const foreign = collectionOf(app.admin, 'secret')
    const made = await addVersion(app.registry, app.admin, {
      files: { s: 'secret' },
      collection: foreign,
    })
    const { id } = await create(client, { files: { s: 'secret' } })
    const manifest = JSON.parse(manifestOf({ s: 'secret' }))
    const birth = Buffer.from(`Artifact:${made.version.id}`).toString('base64')
    manifest.contents.s.birthArtifactID = birth
    await sendManifest(client, id, JSON.stringify(manifest))
    const answer = await client.send({ query: COMMIT, variables: { artifactID: id } })
    assert.equal(answer.statusCode, 422, answer.body)
    assert.match(answer.json().errors[0].message, /have not arrived/)
  })

  it('refuses changes of the aliases of several collections in one call', async (t) => {
    const { client } = await setUp(t)
    const id = await log(client, { files: { a: '1' } })
    const { input } = aliasInput(id, 'one', 'two')
    const [one, two] = input.aliases
    const aliases = [one, { ...two, artifactCollectionName: 'other' }]
    const variables = { input: { ...input, aliases } }
    assert.equal((await client.send({ query: ADD_ALIASES, variables })).statusCode, 400)
  })
})

describe('POST /graphql', () => {
  it('answers an unknown operation with 400 and logs its name', async (t) => {
    const { app, client } = await setUp(t)
    const query = 'mutation LaunchRockets($n: Int) { launchRockets(n: $n) { success } }'
    const answer = await client.send({ query, variables: { n: 1 } })
    assert.equal(answer.statusCode, 400)
    assert.match(answer.json().errors[0].message, /^LaunchRockets is not served here/)
    const line = app.log.find((entry) => entry.includes('operation refused'))
    assert.equal(JSON.parse(line ?? '{}').operation, 'LaunchRockets')
  })

  it('drops what it does not know and logs it by name', async (t) => {
    const { app, client } = await setUp(t)
    const { id } = await create(client, { files: { a: '1' } })
    const artifactFiles = [{ artifactID: id, name: 'a', md5: md5Of('1'), futureField: 1 }]
    await client.ask(CREATE_FILES, { input: { artifactFiles, other: null }, undeclared: 1 })
    const line = app.log.find((entry) => entry.includes('unknown input dropped'))
    assert.deepEqual(JSON.parse(line ?? '{}').dropped, [
      '$input.artifactFiles.futureField',
      '$input.other',
      '$undeclared',
    ])
  })

  it('wants a key', async (t) => {
    const { app } = await setUp(t)
    const answer = await wandbClient(app, 'x'.repeat(40)).send({ query: '{ viewer { id } }' })
    assert.equal(answer.statusCode, 401)
    assert.equal(typeof answer.json().errors[0].message, 'string')
  })

  it('tells who asks, and what the server can do', async (t) => {
    const { client } = await setUp(t)
    const answer = await client.ask<{ viewer: Record<string, unknown> }>(`query GetViewer {
      viewer { id username entity admin flags teams { edges { node { name } } }
        apiKeys { edges { node { name } } } }
      serverInfo { features { name isEnabled } cliVersionInfo } }`)
    assert.equal(answer.viewer.username, 'ada')
    assert.equal(answer.viewer.flags, '{}')
    assert.deepEqual(answer.viewer.teams, { edges: [{ node: { name: 'ada' } }] })
    assert.deepEqual(answer.viewer.apiKeys, { edges: [{ node: { name: USER_KEY.slice(0, 10) } }] })
  })

  it('refuses lists of documents, other bodies and values of the wrong type', async (t) => {
    const { app, client } = await setUp(t)
    const query = '{ viewer { id } }'
    assert.equal((await client.send([{ query }])).statusCode, 400)
    assert.equal((await client.send({ variables: {} })).statusCode, 400)
    assert.equal((await client.send({ query, variables: [] })).statusCode, 400)
    const wrong = { query: BY_ID, variables: { id: { x: 1 } } }
    assert.equal((await client.send(wrong)).statusCode, 400)
    assert.equal((await client.send({ query: BY_ID })).statusCode, 400)
    const text = await app.app.inject({
      method: 'POST',
      url: '/graphql',
      headers: { authorization: `Bearer ${USER_KEY}`, 'content-type': 'text/csv' },
      payload: 'a,b',
    })
    assert.equal(text.statusCode, 400, '415 would be asked again for twenty minutes')
  })

  it('takes ten megabytes, and no more than it says', async (t) => {
    const { client } = await setUp(t)
    const query = `query Project($entity: String!, $name: String!, $run: String!, $desc: String!) {
      project(entityName: $entity, name: $name) { run(name: $run, desc: $desc) { name } } }`
    const variables = { entity: 'nobody', name: 'verify', run: '', desc: 'x'.repeat(10_000_000) }
    assert.deepEqual(await client.ask(query, variables), { project: null })
    const desc = 'x'.repeat(17 * 1024 * 1024)
    const answer = await client.send({ query, variables: { ...variables, desc } })
    assert.equal(answer.statusCode, 413)
  })

  it('refuses pages that would be too large together, whatever the document says', async (t) => {
    const { client } = await setUp(t)
    const query = `query A($n: Int) { project(name: "proj", entityName: "ada") {
      artifactCollections(first: $n) { totalCount edges { node { artifacts(first: $n) {
        totalCount edges { node { id aliases { alias } } } } } } } } }`
    assert.equal((await client.send({ query, variables: { n: 5 } })).statusCode, 200)
    const answer = await client.send({ query, variables: { n: 1_000 } })
    assert.equal(answer.statusCode, 400)
    assert.match(answer.json().errors[0].message, /smaller pages/)
  })

  it('reads a bounded number of large bodies at once, and says to come again', async (t) => {
    const { url } = await testApp(t, { listen: true })
    const head = { authorization: `Bearer ${USER_KEY}`, 'content-type': 'application/json' }
    const waiting = Array.from({ length: 8 }, () => {
      const options = { method: 'POST', headers: { ...head, 'content-length': 2_000_000 } }
      const sending = request(`${url}/graphql`, options).on('error', () => {})
      sending.write('{')
      return sending
    })
    const ask = () =>
      fetch(`${url}/graphql`, { method: 'POST', headers: head, body: ' '.repeat(1_100_000) })
    await until(async () => (await ask()).status === 429)
    assert.equal((await ask()).headers.get('retry-after'), '5')
    const small = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: head,
      body: '{"query":"{ viewer { id } }"}',
    })
    assert.equal(small.status, 200)
    for (const sending of waiting) sending.destroy()
    await until(async () => (await ask()).status === 400)
  })
})

async function until(holds: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; !(await holds()); tries++) {
    assert.ok(tries < 2_000, 'it never came to hold')
    await sleep(20)
  }
}
