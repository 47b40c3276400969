import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import { type TestApp, type TestAppOptions, testApp, USER_KEY } from './test-app.ts'
import { manifestDigestOf, md5Of, type WandbClient, wandbClient } from './wandb-client.ts'

// The documents ask for what the client asks for; the words are ours.

export const UPSERT_BUCKET = `mutation UpsertBucket($id: String, $name: String, $project: String,
    $entity: String, $config: JSONString, $tags: [String!], $summaryMetrics: JSONString) {
  upsertBucket(input: {id: $id, name: $name, modelName: $project, entityName: $entity,
      config: $config, tags: $tags, summaryMetrics: $summaryMetrics}) {
    bucket { id name displayName config sweepName historyLineCount
      project { id name entity { id name } } }
    inserted
  }
}`

export const CREATE_ARTIFACT = `mutation CreateArtifact($input: CreateArtifactInput!) {
  createArtifact(input: $input) {
    artifact { id state artifactSequence { id latestArtifact { id versionIndex } } }
  }
}`

export const CREATE_MANIFEST = `mutation CreateArtifactManifest($artifactID: ID!,
    $baseArtifactID: ID, $name: String!, $digest: String!, $entityName: String!,
    $projectName: String!, $runName: String!, $manifestType: ArtifactManifestType,
    $includeUpload: Boolean!) {
  createArtifactManifest(input: {artifactID: $artifactID, baseArtifactID: $baseArtifactID,
      name: $name, digest: $digest, entityName: $entityName, projectName: $projectName,
      runName: $runName, type: $manifestType}) {
    artifactManifest { id file { id
      uploadUrl @include(if: $includeUpload) uploadHeaders @include(if: $includeUpload) } }
  }
}`

export const UPDATE_MANIFEST = `mutation UpdateArtifactManifest($artifactManifestID: ID!,
    $digest: String, $baseArtifactID: ID) {
  updateArtifactManifest(input: {artifactManifestID: $artifactManifestID, digest: $digest,
      baseArtifactID: $baseArtifactID}) {
    artifactManifest { id file { uploadUrl uploadHeaders } }
  }
}`

export const CREATE_FILES = `mutation CreateArtifactFiles($input: CreateArtifactFilesInput!) {
  createArtifactFiles(input: $input) {
    files { edges { node { storagePath uploadUrl uploadHeaders
      uploadMultipartUrls { uploadID } artifact { id } } } }
  }
}`

export const COMMIT = `mutation CommitArtifact($artifactID: ID!) {
  commitArtifact(input: {artifactID: $artifactID}) { artifact { id digest } }
}`

export const ARTIFACT = `fragment Art on Artifact { __typename id versionIndex description metadata
  ttlDurationSeconds ttlIsInherited tags { __typename id name } historyStep state size digest
  digestAlgorithm commitHash fileCount createdAt updatedAt artifactType { name }
  artifactSequence { __typename name project { id internalId name entity { name } } }
  aliases { __typename id alias
    artifactCollection { __typename name project { name entity { name } } } } }`

export const BY_ID = `query ArtifactByID($id: ID!) { artifact(id: $id) { ...Art } } ${ARTIFACT}`

export const BY_NAME = `query ArtifactMembershipByName($entity: String!, $project: String!,
    $name: String!) {
  project(name: $project, entityName: $entity) {
    artifactCollectionMembership(name: $name) { __typename id versionIndex createdAt
      aliases { id alias } artifactCollection { __typename name project { name } }
      artifact { ...Art } }
  }
} ${ARTIFACT}`

export const ADD_ALIASES = `mutation AddAliases($input: AddAliasesInput!) {
  addAliases(input: $input) { success }
}`

export const DELETE_ALIASES = `mutation DeleteAliases($input: DeleteAliasesInput!) {
  deleteAliases(input: $input) { success }
}`

export const UPDATE = `mutation UpdateArtifact($input: UpdateArtifactInput!) {
  updateArtifact(input: $input) { artifact { ...Art } }
} ${ARTIFACT}`

export const MANIFEST = `query FetchArtifactManifest($id: ID!) {
  artifact(id: $id) { currentManifest { id file { directUrl } } }
}`

export const FILE_URLS = `query GetArtifactMembershipFileUrls($entity: String!, $project: String!,
    $collection: String!, $alias: String!, $cursor: String, $perPage: Int) {
  project(name: $project, entityName: $entity) {
    artifactCollection(name: $collection) { __typename
      artifactMembership(aliasName: $alias) {
        files(after: $cursor, first: $perPage) {
          pageInfo { endCursor hasNextPage } edges { node { __typename name directUrl } } } } }
  }
}`

export interface Manifest {
  readonly contents: Readonly<Record<string, Readonly<Record<string, unknown>>>>
}

/** One version logged as the client does it. */
export interface Logged {
  readonly files: Readonly<Record<string, string>>
  readonly name?: string
  readonly aliases?: readonly string[]
  readonly input?: Readonly<Record<string, unknown>>
}

export const RUN = { entityName: 'ada', projectName: 'proj', runName: 'r1' }

export async function setUp(
  t: TestContext,
  options: TestAppOptions = {},
): Promise<{ app: TestApp; client: WandbClient }> {
  const app = await testApp(t, options)
  const client = wandbClient(app, USER_KEY)
  await client.ask(UPSERT_BUCKET, { name: 'r1', project: 'proj', entity: null, id: null })
  return { app, client }
}

export function inputOf({ files, name = 'model', aliases = [], input = {} }: Logged) {
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

export interface Created {
  readonly createArtifact: {
    readonly artifact: {
      readonly id: string
      readonly state: string
      readonly artifactSequence: { readonly latestArtifact: { readonly id: string } | null }
    }
  }
}

export async function create(client: WandbClient, logged: Logged) {
  const { createArtifact } = await client.ask<Created>(CREATE_ARTIFACT, { input: inputOf(logged) })
  return createArtifact.artifact
}

export interface FileNode {
  readonly uploadUrl: string | null
  readonly storagePath: string
  readonly artifact: { readonly id: string }
}

export async function fileLinks(
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

export interface ManifestAnswer {
  readonly id: string
  readonly file: { readonly uploadUrl: string }
}

export async function announce(
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

export function manifestOf(files: Logged['files']): string {
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

export async function sendFiles(client: WandbClient, id: string, files: Logged['files']) {
  const texts = Object.values(files)
  const links = await fileLinks(client, id, files)
  for (const [at, link] of links.entries())
    if (link.uploadUrl !== null) {
      const { statusCode, body } = await client.put(link.uploadUrl, texts[at] ?? '')
      // The client reads no body, and opens a new connection for each file where there is one.
      assert.deepEqual([statusCode, body], [200, ''])
    }
}

export async function sendManifest(client: WandbClient, id: string, text: string) {
  const manifest = await announce(client, id, { digest: md5Of(text), includeUpload: true })
  assert.match(manifest.file.uploadUrl, /wandb_manifest\.json$/)
  assert.equal((await client.put(manifest.file.uploadUrl, text)).statusCode, 200)
}

/** Create, announce, send, announce, send, commit: steps 6 to 11 of the trace. */
export async function log(client: WandbClient, logged: Logged): Promise<string> {
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

export interface Art {
  readonly id: string
  readonly versionIndex: number
  readonly aliases: readonly { readonly alias: string }[]
  readonly tags: readonly { readonly name: string }[]
  readonly [field: string]: unknown
}

export async function byId(client: WandbClient, id: string): Promise<Art | null> {
  return (await client.ask<{ artifact: Art | null }>(BY_ID, { id })).artifact
}

export async function byName(client: WandbClient, name: string) {
  const { project } = await client.ask<{
    project: {
      artifactCollectionMembership: { versionIndex: number; artifact: Art } | null
    } | null
  }>(BY_NAME, { entity: 'ada', project: 'proj', name })
  return project?.artifactCollectionMembership ?? null
}

export function aliasesOf(artifact: Art | null | undefined): readonly string[] {
  return (artifact?.aliases ?? []).map(({ alias }) => alias).sort()
}

export async function pull(client: WandbClient, name: string, version: string) {
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

export function aliasInput(artifactID: string | undefined, ...aliases: readonly string[]) {
  const place = { entityName: 'ada', projectName: 'proj', artifactCollectionName: 'model' }
  return { input: { artifactID, aliases: aliases.map((alias) => ({ alias, ...place })) } }
}
