import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { it, type TestContext } from 'node:test'
import { createTestDatabase, skipPostgres } from '../../../test/postgres.ts'
import type { TestAppOptions } from '../../../test/test-app.ts'
import { md5Of, type WandbClient } from '../../../test/wandb-client.ts'
import {
  announce,
  COMMIT,
  create,
  manifestOf,
  pull,
  sendManifest,
  setUp,
} from '../../../test/wandb-log.ts'
import { openMetadataStore } from '../../metadata/open.ts'

const CREATE_FILES = `mutation CreateArtifactFiles($input: CreateArtifactFilesInput!) {
  createArtifactFiles(input: $input) { files { edges { node { storagePath uploadUrl uploadHeaders
    uploadMultipartUrls { uploadID uploadUrlParts { partNumber uploadUrl } } artifact { id } } } } }
}`

const COMPLETE = `mutation CompleteMultipartUploadArtifact(
    $completeMultipartAction: CompleteMultipartAction!, $completedParts: [UploadPartsInput!]!,
    $artifactID: ID!, $storagePath: String!, $uploadID: String!) {
  completeMultipartUploadArtifact(input: { completeMultipartAction: $completeMultipartAction,
    completedParts: $completedParts, artifactID: $artifactID, storagePath: $storagePath,
    uploadID: $uploadID }) { digest }
}`

interface FileNode {
  readonly storagePath: string
  readonly uploadUrl: string | null
  readonly uploadMultipartUrls: {
    readonly uploadID: string
    readonly uploadUrlParts: readonly { readonly partNumber: number; readonly uploadUrl: string }[]
  } | null
}

const PARTS = ['first ', 'second ', 'first ', 'last']
const WHOLE = PARTS.join('')

function hexMd5(text: string): string {
  return createHash('md5').update(text).digest('hex')
}

/** Asks for the parts of one file, as the client does for one of 2 GiB. */
async function askForParts(client: WandbClient, id: string, texts = PARTS): Promise<FileNode> {
  const file = {
    artifactID: id,
    artifactManifestID: null,
    name: 'large.bin',
    md5: md5Of(WHOLE),
    mimetype: null,
    uploadPartsInput: texts.map((text, at) => ({ partNumber: at + 1, hexMD5: hexMd5(text) })),
  }
  const answer = await client.ask<{
    createArtifactFiles: { files: { edges: readonly { node: FileNode }[] } }
  }>(CREATE_FILES, { input: { artifactFiles: [file], storageLayout: 'V2' } })
  const [edge] = answer.createArtifactFiles.files.edges
  assert.ok(edge)
  return edge.node
}

/** Sends one part; its `ETag`, as it came. */
async function sendPart(client: WandbClient, node: FileNode, number: number): Promise<string> {
  const part = node.uploadMultipartUrls?.uploadUrlParts[number - 1]
  assert.equal(part?.partNumber, number)
  const answer = await client.put(part.uploadUrl, PARTS[number - 1] ?? '')
  assert.deepEqual([answer.statusCode, answer.body], [200, ''])
  return String(answer.headers.etag)
}

function completion(id: string, { storagePath, uploadMultipartUrls }: FileNode) {
  return {
    completeMultipartAction: 'Complete',
    completedParts: PARTS.map((text, at) => ({ partNumber: at + 1, hexMD5: `"${hexMd5(text)}"` })),
    artifactID: id,
    storagePath,
    uploadID: uploadMultipartUrls?.uploadID,
  }
}

for (const dialect of ['SQLite', 'PostgreSQL'] as const)
  it(`makes one file of parts that came in any order, some of them twice, on ${dialect}`, {
    skip: dialect === 'PostgreSQL' && skipPostgres,
  }, async (t) => {
    if (dialect === 'SQLite') return makeOne(t, {})
    const metadata = await openMetadataStore({ url: await createTestDatabase() })
    t.after(() => metadata.close())
    await makeOne(t, { metadata })
  })

async function makeOne(t: TestContext, options: TestAppOptions): Promise<void> {
  const { app, client } = await setUp(t, options)
  const files = { 'large.bin': WHOLE }
  const { id } = await create(client, { files })
  await announce(client, id, {})
  const node = await askForParts(client, id)
  assert.ok(node.uploadUrl, 'null would mean that it is here')
  assert.ok(node.storagePath.startsWith('wandb_artifacts/'))
  for (const number of [4, 2, 1, 2, 3])
    assert.equal(await sendPart(client, node, number), `"${hexMd5(PARTS[number - 1] ?? '')}"`)

  const variables = completion(id, node)
  const shuffled = { ...variables, completedParts: variables.completedParts.toReversed() }
  const answer = { completeMultipartUploadArtifact: { digest: md5Of(WHOLE) } }
  assert.deepEqual(await client.ask(COMPLETE, shuffled), answer)
  assert.deepEqual(await client.ask(COMPLETE, variables), answer, 'asked again')

  assert.equal((await askForParts(client, id)).uploadUrl, null, 'here by now')
  await sendManifest(client, id, manifestOf(files))
  await client.ask(COMMIT, { artifactID: id })
  assert.deepEqual((await pull(client, 'model', 'latest')).texts, files)
  for await (const stage of app.registry.blobs.listStages())
    assert.fail(`${stage.size} bytes are left of the joining`)
}

it('refuses for good what cannot be joined, and says why', async (t) => {
  const { client } = await setUp(t)
  const { id } = await create(client, { files: { 'large.bin': WHOLE } })
  await announce(client, id, {})
  const node = await askForParts(client, id)
  const { uploadUrl } = node.uploadMultipartUrls?.uploadUrlParts[0] ?? {}
  assert.equal((await client.put(uploadUrl ?? '', 'other')).statusCode, 422)
  await sendPart(client, node, 2)
  const variables = completion(id, node)
  const refusal = async (changed: Readonly<Record<string, unknown>>) => {
    const answer = await client.send({ query: COMPLETE, variables: { ...variables, ...changed } })
    return [answer.statusCode, answer.json().errors[0].message]
  }
  assert.deepEqual(await refusal({}), [
    422,
    '3 parts have not arrived (1, 3, 4). Send them and ask again.',
  ])
  for (const number of [1, 3, 4]) await sendPart(client, node, number)
  const [first, second, ...others] = variables.completedParts
  const numbers = 'Name every part of the upload once, from number 1 on without a gap.'
  assert.deepEqual(await refusal({ completedParts: [] }), [400, numbers])
  assert.deepEqual(await refusal({ completedParts: [first, ...others] }), [400, numbers])
  assert.deepEqual(await refusal({ completedParts: [first, first, second] }), [400, numbers])
  assert.deepEqual(await refusal({ completedParts: [{ partNumber: 1, hexMD5: '"x"' }] }), [
    400,
    '"x" is not an MD5 in hexadecimal digits.',
  ])
  const [status, message] = await refusal({ completedParts: [first, second] })
  assert.equal(status, 400)
  assert.match(message, /have the md5/)
  assert.deepEqual(await client.ask(COMPLETE, variables), {
    completeMultipartUploadArtifact: { digest: md5Of(WHOLE) },
  })
})

it('gives one link where there would be too many', async (t) => {
  const { client } = await setUp(t)
  const { id } = await create(client, { files: { 'large.bin': WHOLE } })
  const many = await askForParts(client, id, Array(1_000).fill('x'))
  assert.equal(many.uploadMultipartUrls?.uploadUrlParts.length, 1_000)
  const tooMany = await askForParts(client, id, Array(1_001).fill('x'))
  assert.equal(tooMany.uploadMultipartUrls, null)
  assert.ok(tooMany.uploadUrl)
})
