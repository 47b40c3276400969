import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { addVersion, collectionOf } from '../../../test/builders.ts'
import { ADMIN_KEY, type TestApp, testApp, USER_KEY } from '../../../test/test-app.ts'
import {
  manifestDigestOf,
  md5Of,
  type WandbClient,
  wandbClient,
} from '../../../test/wandb-client.ts'
import { ERROR_CODES } from '../../core/errors.ts'
import { resolve } from '../../core/operations/resolve.ts'
import { WANDB_STATUS_OF } from './status.ts'

// The documents ask for what the client asks for; the words are ours.

const UPSERT_BUCKET = `mutation UpsertBucket($id: String, $name: String, $project: String,
    $entity: String, $config: JSONString, $tags: [String!], $summaryMetrics: JSONString) {
  upsertBucket(input: {id: $id, name: $name, modelName: $project, entityName: $entity,
      config: $config, tags: $tags, summaryMetrics: $summaryMetrics}) {
    bucket { id name displayName config sweepName historyLineCount
      project { id name entity { id name } } }
    inserted
  }
}`

const CREATE_ARTIFACT = `mutation CreateArtifact($input: CreateArtifactInput!) {
  createArtifact(input: $input) {
    artifact { id state artifactSequence { id latestArtifact { id versionIndex } } }
  }
}`

const CREATE_MANIFEST = `mutation CreateArtifactManifest($artifactID: ID!, $baseArtifactID: ID,
    $name: String!, $digest: String!, $entityName: String!, $projectName: String!,
    $runName: String!, $manifestType: ArtifactManifestType, $includeUpload: Boolean!) {
  createArtifactManifest(input: {artifactID: $artifactID, baseArtifactID: $baseArtifactID,
      name: $name, digest: $digest, entityName: $entityName, projectName: $projectName,
      runName: $runName, type: $manifestType}) {
    artifactManifest { id file { id
      uploadUrl @include(if: $includeUpload) uploadHeaders @include(if: $includeUpload) } }
  }
}`

const UPDATE_MANIFEST = `mutation UpdateArtifactManifest($artifactManifestID: ID!, $digest: String,
    $baseArtifactID: ID) {
  updateArtifactManifest(input: {artifactManifestID: $artifactManifestID, digest: $digest,
      baseArtifactID: $baseArtifactID}) {
    artifactManifest { id file { uploadUrl uploadHeaders } }
  }
}`

const CREATE_FILES = `mutation CreateArtifactFiles($input: CreateArtifactFilesInput!) {
  createArtifactFiles(input: $input) {
    files { edges { node { storagePath uploadUrl uploadHeaders
      uploadMultipartUrls { uploadID } artifact { id } } } }
  }
}`

const COMMIT = `mutation CommitArtifact($artifactID: ID!) {
  commitArtifact(input: {artifactID: $artifactID}) { artifact { id digest } }
}`

const ARTIFACT = `fragment Art on Artifact { __typename id versionIndex description metadata
  ttlDurationSeconds ttlIsInherited tags { __typename id name } historyStep state size digest
  digestAlgorithm commitHash fileCount createdAt updatedAt artifactType { name }
  artifactSequence { __typename name project { id internalId name entity { name } } }
  aliases { __typename id alias
    artifactCollection { __typename name project { name entity { name } } } } }`

const BY_ID = `query ArtifactByID($id: ID!) { artifact(id: $id) { ...Art } } ${ARTIFACT}`

const BY_NAME = `query ArtifactMembershipByName($entity: String!, $project: String!,
    $name: String!) {
  project(name: $project, entityName: $entity) {
    artifactCollectionMembership(name: $name) { __typename id versionIndex createdAt
      aliases { id alias } artifactCollection { __typename name project { name } }
      artifact { ...Art } }
  }
} ${ARTIFACT}`

const ADD_ALIASES = `mutation AddAliases($input: AddAliasesInput!) {
  addAliases(input: $input) { success }
}`

const DELETE_ALIASES = `mutation DeleteAliases($input: DeleteAliasesInput!) {
  deleteAliases(input: $input) { success }
}`

const UPDATE = `mutation UpdateArtifact($input: UpdateArtifactInput!) {
  updateArtifact(input: $input) { artifact { ...Art } }
} ${ARTIFACT}`

const MANIFEST = `query FetchArtifactManifest($id: ID!) {
  artifact(id: $id) { currentManifest { id file { directUrl } } }
}`

const FILE_URLS = `query GetArtifactMembershipFileUrls($entity: String!, $project: String!,
    $collection: String!, $alias: String!, $cursor: String, $perPage: Int) {
  project(name: $project, entityName: $entity) {
    artifactCollection(name: $collection) { __typename
      artifactMembership(aliasName: $alias) {
        files(after: $cursor, first: $perPage) {
          pageInfo { endCursor hasNextPage } edges { node { __typename name directUrl } } } } }
  }
}`

interface Manifest {
  readonly contents: Readonly<Record<string, Readonly<Record<string, unknown>>>>
}

/** One version logged as the client does it. */
interface Logged {
  readonly files: Readonly<Record<string, string>>
  readonly name?: string
  readonly aliases?: readonly string[]
  readonly input?: Readonly<Record<string, unknown>>
}

const RUN = { entityName: 'ada', projectName: 'proj', runName: 'r1' }

async function setUp(t: TestContext): Promise<{ app: TestApp; client: WandbClient }> {
  const app = await testApp(t)
  const client = wandbClient(app, USER_KEY)
  await client.ask(UPSERT_BUCKET, { name: 'r1', project: 'proj', entity: null, id: null })
  return { app, client }
}

function inputOf({ files, name = 'model', aliases = [], input = {} }: Logged) {
  const digests = Object.fromEntries(
    Object.entries(files).map(([path, text]) => [path, md5Of(text)]),
  )
  return {
    ...RUN,
    artifactTypeName: 'model',
    artifactCollectionName: name,
    artifactCollectionNames: null,
    digest: manifestDigestOf(digests),
    digestAlgorithm: 'MANIFEST_MD5',
    aliases: ['latest', ...aliases].map((alias) => ({ alias, artifactCollectionName: name })),
    metadata: '{"acc":0.9}',
    historyStep: 5,
    clientID: `${name}-${manifestDigestOf(digests)}-${Math.random()}`,
    storageRegion: null,
    ...input,
  }
}

interface Created {
  readonly createArtifact: {
    readonly artifact: {
      readonly id: string
      readonly state: string
      readonly artifactSequence: { readonly latestArtifact: { readonly id: string } | null }
    }
  }
}

async function create(client: WandbClient, logged: Logged) {
  const { createArtifact } = await client.ask<Created>(CREATE_ARTIFACT, { input: inputOf(logged) })
  return createArtifact.artifact
}

interface FileNode {
  readonly uploadUrl: string | null
  readonly storagePath: string
  readonly artifact: { readonly id: string }
}

async function fileLinks(
  client: WandbClient,
  id: string,
  files: Logged['files'],
): Promise<readonly FileNode[]> {
  const artifactFiles = Object.entries(files).map(([path, text]) => ({
    artifactID: id,
    artifactManifestID: null,
    name: path,
    md5: md5Of(text),
    digest: md5Of(text),
    mimetype: null,
    uploadPartsInput: null,
  }))
  const input = { artifactFiles, storageLayout: 'V2', cloudRegionID: null }
  const answer = await client.ask<{
    createArtifactFiles: { files: { edges: readonly { node: FileNode }[] } }
  }>(CREATE_FILES, { input })
  return answer.createArtifactFiles.files.edges.map((edge) => edge.node)
}

interface ManifestAnswer {
  readonly id: string
  readonly file: { readonly uploadUrl: string }
}

async function announce(
  client: WandbClient,
  id: string,
  fields: Readonly<Record<string, unknown>>,
): Promise<ManifestAnswer> {
  const { createArtifactManifest } = await client.ask<{
    createArtifactManifest: { artifactManifest: ManifestAnswer }
  }>(CREATE_MANIFEST, {
    artifactID: id,
    name: 'wandb_manifest.json',
    digest: '',
    ...RUN,
    manifestType: 'FULL',
    includeUpload: false,
    ...fields,
  })
  return createArtifactManifest.artifactManifest
}

function manifestOf(files: Logged['files']): string {
  return JSON.stringify({
    version: 1,
    storagePolicy: 'wandb-storage-policy-v1',
    storagePolicyConfig: { storageLayout: 'V2' },
    contents: Object.fromEntries(
      Object.entries(files).map(([path, text]) => [
        path,
        { digest: md5Of(text), size: Buffer.byteLength(text), local_path: `/home/me/${path}` },
      ]),
    ),
  })
}

async function sendFiles(client: WandbClient, id: string, files: Logged['files']) {
  const texts = Object.values(files)
  const links = await fileLinks(client, id, files)
  for (const [at, link] of links.entries())
    if (link.uploadUrl !== null)
      assert.equal((await client.put(link.uploadUrl, texts[at] ?? '')).statusCode, 200)
}

async function sendManifest(client: WandbClient, id: string, text: string) {
  const manifest = await announce(client, id, { digest: md5Of(text), includeUpload: true })
  assert.match(manifest.file.uploadUrl, /wandb_manifest\.json$/)
  assert.equal((await client.put(manifest.file.uploadUrl, text)).statusCode, 200)
}

/** Create, announce, send, announce, send, commit: steps 6 to 11 of the trace. */
async function log(client: WandbClient, logged: Logged): Promise<string> {
  const { id, state } = await create(client, logged)
  if (state === 'COMMITTED') return id
  await announce(client, id, {})
  await sendFiles(client, id, logged.files)
  await sendManifest(client, id, manifestOf(logged.files))
  const { commitArtifact } = await client.ask<{ commitArtifact: { artifact: { id: string } } }>(
    COMMIT,
    { artifactID: id },
  )
  return commitArtifact.artifact.id
}

interface Art {
  readonly id: string
  readonly versionIndex: number
  readonly aliases: readonly { readonly alias: string }[]
  readonly tags: readonly { readonly name: string }[]
  readonly [field: string]: unknown
}

async function byId(client: WandbClient, id: string): Promise<Art | null> {
  return (await client.ask<{ artifact: Art | null }>(BY_ID, { id })).artifact
}

async function byName(client: WandbClient, name: string) {
  const { project } = await client.ask<{
    project: {
      artifactCollectionMembership: { versionIndex: number; artifact: Art } | null
    } | null
  }>(BY_NAME, { entity: 'ada', project: 'proj', name })
  return project?.artifactCollectionMembership ?? null
}

function aliasesOf(artifact: Art | null | undefined): readonly string[] {
  return (artifact?.aliases ?? []).map(({ alias }) => alias).sort()
}

async function pull(client: WandbClient, name: string, version: string) {
  const membership = await byName(client, `${name}:${version}`)
  const { artifact } = await client.ask<{
    artifact: { currentManifest: { file: { directUrl: string } } }
  }>(MANIFEST, { id: membership?.artifact.id })
  const { directUrl } = artifact.currentManifest.file
  assert.match(directUrl, /wandb_manifest\.json/)
  const manifest: Manifest = (await client.get(directUrl)).json()
  const texts: Record<string, string> = {}
  let cursor: string | null = null
  do {
    const answer: {
      project: {
        artifactCollection: {
          artifactMembership: {
            files: {
              pageInfo: { endCursor: string | null; hasNextPage: boolean }
              edges: readonly { node: { name: string; directUrl: string } }[]
            }
          }
        }
      }
    } = await client.ask(FILE_URLS, {
      entity: 'ada',
      project: 'proj',
      collection: name,
      alias: `v${membership?.versionIndex}`,
      cursor,
      perPage: 2,
    })
    const { files } = answer.project.artifactCollection.artifactMembership
    for (const { node } of files.edges) {
      const isFile = node.directUrl.includes('wandb_artifacts/')
      texts[node.name] = isFile ? (await client.get(node.directUrl)).body : node.directUrl
    }
    cursor = files.pageInfo.hasNextPage ? files.pageInfo.endCursor : null
  } while (cursor !== null)
  return { manifest, texts }
}

function aliasInput(artifactID: string | undefined, ...aliases: readonly string[]) {
  const place = { entityName: 'ada', projectName: 'proj', artifactCollectionName: 'model' }
  return { input: { artifactID, aliases: aliases.map((alias) => ({ alias, ...place })) } }
}

describe('log, promote, pull', () => {
  it('plays the trace of the client', async (t) => {
    const { app, client } = await setUp(t)
    const files = { 'data/f0.txt': 'zero', 'data/empty': '', 'odd #?%20 ü.txt': 'odd' }
    const id = await log(client, { files, aliases: ['staging'] })

    const first = await byId(client, id)
    assert.equal(first?.versionIndex, 0)
    assert.deepEqual(aliasesOf(first), ['latest', 'staging'])
    assert.equal(first?.state, 'COMMITTED')
    assert.equal(first?.size, 7)
    assert.equal(first?.fileCount, 3)
    assert.equal(first?.historyStep, 5)
    assert.equal(first?.digest, inputOf({ files }).digest)
    assert.equal(Buffer.from(id, 'base64').toString('base64'), id, 'padded base64')

    await client.ask(ADD_ALIASES, aliasInput(id, 'production'))
    await client.ask(DELETE_ALIASES, aliasInput(id, 'staging'))
    const { updateArtifact } = await client.ask<{ updateArtifact: { artifact: Art } }>(UPDATE, {
      input: {
        artifactID: id,
        description: 'new',
        metadata: '{"acc":1}',
        tagsToAdd: [{ tagName: 't2' }],
        tagsToDelete: [],
        ttlDurationSeconds: 60,
      },
    })
    assert.deepEqual(aliasesOf(updateArtifact.artifact), ['latest', 'production'])
    assert.deepEqual(
      updateArtifact.artifact.tags.map(({ name }) => name),
      ['t2'],
    )
    assert.equal(updateArtifact.artifact.ttlDurationSeconds, 60)

    const { manifest, texts } = await pull(client, 'model', 'production')
    assert.deepEqual(texts, files)
    assert.deepEqual(Object.keys(manifest.contents).sort(), Object.keys(files).sort())
    assert.deepEqual(manifest.contents['data/f0.txt'], {
      digest: md5Of('zero'),
      birthArtifactID: id,
      size: 4,
    })
    const { registry, user } = app
    const there = await resolve(registry, user, {
      collection: collectionOf(user, 'model', 'proj'),
      selector: { kind: 'alias', alias: 'production' },
    })
    assert.equal(there.version.description, 'new')
    assert.equal(Buffer.from(id, 'base64').toString(), `Artifact:${there.version.id}`)
  })

  it('adopts equal content, moves its aliases there, and says so at once', async (t) => {
    const { client } = await setUp(t)
    const first = await log(client, { files: { a: '1' } })
    await log(client, { files: { a: '2' } })
    const again = await create(client, { files: { a: '1' }, aliases: ['again'] })
    assert.deepEqual([again.id, again.state], [first, 'COMMITTED'])
    assert.deepEqual(aliasesOf(await byId(client, first)), ['again', 'latest'])
  })

  it('answers a client id with the same draft, before and after its commit', async (t) => {
    const { client } = await setUp(t)
    const files = { a: '1' }
    const logged = { files, input: { clientID: 'c'.repeat(128) } }
    const { id } = await create(client, logged)
    assert.equal((await create(client, logged)).id, id)
    await sendFiles(client, id, files)
    await sendManifest(client, id, manifestOf(files))
    await client.ask(COMMIT, { artifactID: id })
    const again = await client.ask<{ commitArtifact: { artifact: { id: string } } }>(COMMIT, {
      artifactID: id,
    })
    assert.equal(again.commitArtifact.artifact.id, id)
    const after = await create(client, logged)
    assert.deepEqual([after.id, after.state], [id, 'COMMITTED'])
  })

  it('maps client ids of drafts, versions and adopted versions', async (t) => {
    const { client } = await setUp(t)
    const map = async (clientID: string) => {
      const answer = await client.ask<{ clientIDMapping: { serverID: string } | null }>(
        'query ClientIDMapping($clientID: ID!) { clientIDMapping(clientID: $clientID) { serverID } }',
        { clientID },
      )
      return answer.clientIDMapping?.serverID
    }
    const open = await create(client, { files: { a: '0' }, input: { clientID: 'open' } })
    assert.equal(await map('open'), open.id)
    const first = await log(client, { files: { a: '1' }, input: { clientID: 'first' } })
    assert.equal(await map('first'), first)
    await create(client, { files: { a: '1' }, input: { clientID: 'second' } })
    assert.equal(await map('second'), first)
    assert.equal(await map('unknown'), undefined)
  })

  it('needs no bytes that the asker holds, and tells where they came from', async (t) => {
    const { app, client } = await setUp(t)
    const first = await log(client, { files: { a: 'shared' } })
    const { id } = await create(client, { files: { b: 'shared', c: 'fresh' } })
    const [known, fresh] = await fileLinks(client, id, { b: 'shared', c: 'fresh' })
    assert.deepEqual([known?.uploadUrl, known?.artifact.id], [null, first])
    assert.match(fresh?.uploadUrl ?? '', /\/wandb_artifacts\//)
    assert.equal(fresh?.artifact.id, id)
    assert.match(fresh?.storagePath ?? '', /^wandb_artifacts\//)

    // Of another user's bytes nothing is told: they must be sent.
    const foreign = collectionOf(app.admin, 'secret')
    await addVersion(app.registry, app.admin, { files: { s: 'secret' }, collection: foreign })
    const [secret] = await fileLinks(client, id, { s: 'secret' })
    assert.notEqual(secret?.uploadUrl, null)
  })

  it('does not take bytes that are not what was announced', async (t) => {
    const { client } = await setUp(t)
    const { id } = await create(client, { files: { a: '1' } })
    const [link] = await fileLinks(client, id, { a: '1' })
    const refused = await client.put(link?.uploadUrl ?? '', '2')
    assert.ok([400, 422].includes(refused.statusCode), refused.body)
  })

  it('keeps references, and gives them back as they came', async (t) => {
    const { client } = await setUp(t)
    const digests = { r: 'an etag', a: md5Of('1') }
    const { id } = await create(client, {
      files: {},
      input: { digest: manifestDigestOf(digests) },
    })
    await sendFiles(client, id, { a: '1' })
    const r = { digest: 'an etag', ref: 's3://bucket/key', size: 9, extra: { versionID: 'x' } }
    const manifest = JSON.parse(manifestOf({ a: '1' }))
    manifest.contents.r = r
    await sendManifest(client, id, JSON.stringify(manifest))
    await client.ask(COMMIT, { artifactID: id })
    const pulled = await pull(client, 'model', 'v0')
    assert.deepEqual(pulled.manifest.contents.r, r)
    assert.deepEqual(pulled.texts, { a: '1', r: 's3://bucket/key' })
    assert.equal((await byId(client, id))?.size, 10)
  })

  it('adds an incremental manifest to the version it is based on', async (t) => {
    const { client } = await setUp(t)
    const base = await log(client, { files: { a: '1', b: '2' } })
    const { id, artifactSequence } = await create(client, { files: { b: '3', c: '4' } })
    assert.equal(artifactSequence.latestArtifact?.id, base)
    const { id: manifestId } = await announce(client, id, {
      manifestType: 'INCREMENTAL',
      baseArtifactID: base,
    })
    await sendFiles(client, id, { b: '3', c: '4' })
    const text = manifestOf({ b: '3', c: '4' })
    const { updateArtifactManifest } = await client.ask<{
      updateArtifactManifest: { artifactManifest: ManifestAnswer }
    }>(UPDATE_MANIFEST, {
      artifactManifestID: manifestId,
      digest: md5Of(text),
      baseArtifactID: null,
    })
    await client.put(updateArtifactManifest.artifactManifest.file.uploadUrl, text)
    await client.ask(COMMIT, { artifactID: id })
    const whole = { a: '1', b: '3', c: '4' }
    assert.deepEqual((await pull(client, 'model', 'latest')).texts, whole)
    assert.equal((await byId(client, id))?.digest, inputOf({ files: whole }).digest)
  })

  it('joins the patches of workers that make one version together', async (t) => {
    const { client } = await setUp(t)
    const parts: readonly Record<string, string>[] = [{ a: '1' }, { b: '2' }, { a: '3', c: '4' }]
    const ids = new Set<string>()
    for (const files of parts) {
      const { id } = await create(client, { files, input: { distributedID: 'group' } })
      ids.add(id)
      const { id: manifestId } = await announce(client, id, { manifestType: 'PATCH' })
      await sendFiles(client, id, files)
      const text = manifestOf(files)
      const { updateArtifactManifest } = await client.ask<{
        updateArtifactManifest: { artifactManifest: ManifestAnswer }
      }>(UPDATE_MANIFEST, { artifactManifestID: manifestId, digest: md5Of(text) })
      await client.put(updateArtifactManifest.artifactManifest.file.uploadUrl, text)
    }
    assert.equal(ids.size, 1)
    await client.ask(COMMIT, { artifactID: [...ids][0] })
    assert.deepEqual((await pull(client, 'model', 'latest')).texts, { a: '3', b: '2', c: '4' })
    const next = await create(client, { files: { z: '9' }, input: { distributedID: 'group' } })
    assert.equal(ids.has(next.id), false, 'a committed group is over')
  })

  it('pulls what was logged through another door', async (t) => {
    const { app, client } = await setUp(t)
    const files = { 'w.bin': 'weights', 'x/y': 'z' }
    const collection = collectionOf(app.user, 'model', 'proj')
    await addVersion(app.registry, app.user, { files, collection, aliases: ['production'] })
    const { manifest, texts } = await pull(client, 'model', 'production')
    assert.deepEqual(texts, files)
    assert.equal(manifest.contents['w.bin']?.digest, md5Of('weights'))
  })

  it('gives one file by its digest, whatever the last part of the path says', async (t) => {
    const { app, client } = await setUp(t)
    const id = await log(client, { files: { 'a/#odd?': 'odd' } })
    const place = `ada/proj/model/${encodeURIComponent(id)}/${encodeURIComponent(id)}`
    const digest = Buffer.from(md5Of('odd'), 'base64').toString('hex')
    const url = (end: string) => `${app.url}/artifactsV2/default/${place}/${end}`
    const found = await client.get(url(`${digest}/`), true)
    assert.equal(found.statusCode, 302)
    assert.equal((await client.get(String(found.headers.location))).body, 'odd')
    assert.equal((await client.get(url(`${'0'.repeat(32)}/x`), true)).statusCode, 404)
    assert.equal((await client.get(url(`${digest}/x`))).statusCode, 401)
  })
})

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
})

describe('runs', () => {
  it('are started, told of, and ended', async (t) => {
    const { client } = await setUp(t)
    const config = '{"lr":{"value":Infinity},"_wandb":{"value":{"t":{"1":[2]},"m":[]}}}'
    const { upsertBucket } = await client.ask<{
      upsertBucket: { inserted: boolean; bucket: Record<string, unknown> }
    }>(UPSERT_BUCKET, { name: 'r2', project: 'proj', config, tags: ['a/b'] })
    assert.equal(upsertBucket.inserted, true)
    assert.equal(upsertBucket.bucket.config, config)

    const sent = await client.fileStream('ada/proj/r2', {
      files: {
        'wandb-history.jsonl': { offset: 0, content: ['{"_step":0,"loss":NaN}'] },
        'wandb-summary.json': { offset: 0, content: ['{"loss":NaN}'] },
      },
      complete: true,
      exitcode: 0,
    })
    assert.deepEqual([sent.statusCode, sent.json()], [200, {}])

    const { model } = await client.ask<{ model: { bucket: Record<string, unknown> } }>(
      `query RunResumeStatus($project: String, $entity: String, $name: String!) {
        model(name: $project, entityName: $entity) { bucket(name: $name, missingOk: true) {
          id name state summaryMetrics historyLineCount eventsLineCount logLineCount historyTail
          eventsTail config tags wandbConfig(keys: ["t"]) } } }`,
      { project: 'proj', entity: null, name: 'r2' },
    )
    const { id, ...bucket } = model.bucket
    assert.equal(typeof id, 'string')
    assert.deepEqual(bucket, {
      name: 'r2',
      state: 'finished',
      summaryMetrics: '{"loss":NaN}',
      historyLineCount: 1,
      eventsLineCount: 0,
      logLineCount: 0,
      historyTail: JSON.stringify(['{"_step":0,"loss":NaN}']),
      eventsTail: '[]',
      config,
      tags: ['a/b'],
      wandbConfig: '{"t":{"1":[2]}}',
    })
  })

  it('keep files, which are read back by name', async (t) => {
    const { client } = await setUp(t)
    const create = `mutation CreateRunFiles($entity: String!, $project: String!, $run: String!,
        $files: [String!]!) {
      createRunFiles(input: {entityName: $entity, projectName: $project, runName: $run,
          files: $files}) { runID uploadHeaders files { name uploadUrl } } }`
    const run = { entity: 'ada', project: 'proj', run: 'r1' }
    const { createRunFiles } = await client.ask<{
      createRunFiles: { files: readonly { name: string; uploadUrl: string }[] }
    }>(create, { ...run, files: ['a b.txt', 'media/x.json'] })
    for (const { name, uploadUrl } of createRunFiles.files)
      assert.equal((await client.put(uploadUrl, `text of ${name}`)).statusCode, 200)
    const read = `query RunFiles($names: [String]) { project(name: "proj", entityName: "ada") {
      run(name: "r1") { fileCount files(names: $names, first: 1) { totalCount
        edges { node { name sizeBytes directUrl } } pageInfo { hasNextPage } } } } }`
    interface Files {
      project: {
        run: {
          fileCount: number
          files: {
            edges: readonly { node: { name: string; directUrl: string } }[]
            pageInfo: { hasNextPage: boolean }
          }
        }
      }
    }
    const all = await client.ask<Files>(read, { names: [] })
    assert.equal(all.project.run.fileCount, 2)
    assert.equal(all.project.run.files.pageInfo.hasNextPage, true)
    const named = await client.ask<Files>(read, { names: ['./a b.txt', 'none'] })
    const [edge, ...rest] = named.project.run.files.edges
    assert.equal(rest.length, 0)
    assert.equal((await client.get(edge?.node.directUrl ?? '')).body, 'text of a b.txt')
    const outside = await client.send({ query: create, variables: { ...run, files: ['../x'] } })
    assert.equal(outside.statusCode, 422)
  })

  it('know what they made and used, and versions know their runs', async (t) => {
    const { client } = await setUp(t)
    const id = await log(client, { files: { a: '1' } })
    await client.ask(UPSERT_BUCKET, { name: 'r2', project: 'proj' })
    const use = `mutation UseArtifact($artifactID: ID!, $runName: String!) {
      useArtifact(input: {artifactID: $artifactID, entityName: "ada", projectName: "proj",
        runName: $runName}) { artifact { id digest } } }`
    for (const runName of ['r2', 'r2', 'not here yet'])
      await client.ask(use, { artifactID: id, runName, usedAs: null })
    const answer = await client.ask(
      `query Lineage($id: ID!) {
        artifact(id: $id) { createdBy { __typename ... on Run { name } }
          usedBy { edges { node { __typename name project { name } } } } }
        project(name: "proj", entityName: "ada") {
          made: run(name: "r1") { outputArtifacts { totalCount edges { node { id } } } }
          used: run(name: "r2") { inputArtifacts { totalCount edges { node { id } } }
            user { username } } } }`,
      { id },
    )
    assert.deepEqual(answer, {
      artifact: {
        createdBy: { __typename: 'Run', name: 'r1' },
        usedBy: {
          edges: [{ node: { __typename: 'Run', name: 'r2', project: { name: 'proj' } } }],
        },
      },
      project: {
        made: { outputArtifacts: { totalCount: 1, edges: [{ node: { id } }] } },
        used: {
          inputArtifacts: { totalCount: 1, edges: [{ node: { id } }] },
          user: { username: 'ada' },
        },
      },
    })
  })

  it('of others are not there', async (t) => {
    const { app } = await setUp(t)
    const admin = wandbClient(app, ADMIN_KEY)
    await admin.ask(UPSERT_BUCKET, { name: 'theirs', project: 'p' })
    const client = wandbClient(app, USER_KEY)
    assert.equal((await client.fileStream('admin/p/theirs', {})).statusCode, 404)
    assert.equal((await client.fileStream('ada/proj/none', {})).statusCode, 404)
    const start = { query: UPSERT_BUCKET, variables: { name: 'x', project: 'p', entity: 'admin' } }
    assert.equal((await client.send(start)).statusCode, 404)
  })
})

describe('lists', () => {
  it('page through types, collections and versions, newest first', async (t) => {
    const { client } = await setUp(t)
    for (const text of ['1', '2', '3']) await log(client, { files: { a: text } })
    await log(client, { files: { a: '1' }, name: 'other' })
    const list = `query ProjectArtifacts($cursor: String, $order: String, $filters: JSONString) {
      project(name: "proj", entityName: "ada") {
        artifactTypes { edges { node { name } } }
        artifactType(name: "model") {
          artifactCollections { totalCount edges { node { name __typename } } }
          artifactCollection(name: "model") { artifacts(first: 2, after: $cursor, order: $order,
              filters: $filters) {
            totalCount pageInfo { endCursor hasNextPage } edges { version node { versionIndex } } } }
        } none: artifactType(name: "none") { name } } }`
    interface Listed {
      project: {
        artifactTypes: unknown
        none: null
        artifactType: {
          artifactCollections: unknown
          artifactCollection: {
            artifacts: {
              totalCount: number
              pageInfo: { endCursor: string; hasNextPage: boolean }
              edges: readonly { version: string }[]
            }
          }
        }
      }
    }
    const { project } = await client.ask<Listed>(list, { filters: '{"state": "COMMITTED"}' })
    assert.deepEqual(project.artifactTypes, { edges: [{ node: { name: 'model' } }] })
    assert.equal(project.none, null)
    assert.deepEqual(project.artifactType.artifactCollections, {
      totalCount: 2,
      edges: ['model', 'other'].map((name) => ({
        node: { name, __typename: 'ArtifactSequence' },
      })),
    })
    const first = project.artifactType.artifactCollection.artifacts
    assert.equal(first.totalCount, 3)
    assert.deepEqual(
      first.edges.map(({ version }) => version),
      ['v2', 'v1'],
    )
    const cursor = first.pageInfo.endCursor
    const second = (await client.ask<Listed>(list, { cursor })).project.artifactType
      .artifactCollection.artifacts
    assert.deepEqual(
      second.edges.map(({ version }) => version),
      ['v0'],
    )
    assert.equal(second.pageInfo.hasNextPage, false)
    const unknown = await client.send({ query: list, variables: { order: '+size' } })
    assert.equal(unknown.statusCode, 400, 'an order that is not kept is not passed over')
  })
})
