import assert from 'node:assert/strict'
import { it, type TestContext } from 'node:test'
import { md5Of, type WandbClient } from '../../../test/wandb-client.ts'
import {
  announce,
  byName,
  COMMIT,
  CREATE_FILES,
  create,
  fileLinks,
  log,
  manifestOf,
  sendFiles,
  sendManifest,
  setUp,
} from '../../../test/wandb-log.ts'
import { MemoryBlobStore } from '../../blobs/memory.ts'
import { RegistryError } from '../../core/errors.ts'
import type { Micros } from '../../core/model/time.ts'
import type { BlobStage } from '../../core/registry.ts'

/** A store that can be filled up and emptied. */
class SmallBlobStore extends MemoryBlobStore {
  isFull = false
  freeBytes = Infinity
  #exhaustedAt: Micros | null = null

  constructor() {
    super(() => Date.now() * 1000)
  }

  override stage(id?: string): Promise<BlobStage> {
    return this.isFull ? Promise.reject(this.#refuse()) : super.stage(id)
  }

  override async checkRoom(bytes: number): Promise<void> {
    if (bytes > this.freeBytes) throw this.#refuse()
  }

  override exhaustedAt(): Micros | null {
    return this.#exhaustedAt
  }

  #refuse(): RegistryError {
    this.#exhaustedAt = Date.now() * 1000
    return new RegistryError('storage_full', 'The disk is full.')
  }
}

const FILES = { 'weights.bin': 'w', 'config.json': 'c' }

async function setUpSmall(t: TestContext) {
  const blobs = new SmallBlobStore()
  return { blobs, ...(await setUp(t, { blobs })) }
}

async function refusalOf(client: WandbClient, query: string, variables: object) {
  const answer = await client.send({ query, variables })
  const [error] = answer.json().errors
  return [answer.statusCode, error.extensions.code, error.message]
}

/** The client takes it for a success and goes on to what it shows the answer of. */
async function sendWithoutRoom(client: WandbClient, url: string, text: string): Promise<void> {
  const answer = await client.put(url, text)
  assert.deepEqual(
    [answer.statusCode, answer.headers['upload-offset'], answer.body],
    [202, '0', ''],
  )
}

it('says at the commit that a file found no room, and takes it once there is some', async (t) => {
  const { blobs, client } = await setUpSmall(t)
  await log(client, { files: { before: 'there was room' } })
  const { id } = await create(client, { files: FILES })
  await announce(client, id, {})
  await sendFiles(client, id, { 'config.json': 'c' })
  const [link] = await fileLinks(client, id, { 'weights.bin': 'w' })
  blobs.isFull = true
  await sendWithoutRoom(client, link?.uploadUrl ?? '', 'w')
  blobs.isFull = false
  await sendManifest(client, id, manifestOf(FILES))
  assert.deepEqual(await refusalOf(client, COMMIT, { artifactID: id }), [
    413,
    'storage_full',
    'The disk for blobs is full, so the bytes of "weights.bin" were not kept. ' +
      'Make room on it and log the artifact again.',
  ])
  assert.equal((await byName(client, 'model:latest'))?.versionIndex, 0, 'nothing was committed')

  const unsent = { files: { a: 'never sent' } }
  const later = await create(client, unsent)
  await sendManifest(client, later.id, manifestOf(unsent.files))
  const [, code] = await refusalOf(client, COMMIT, { artifactID: later.id })
  assert.equal(code, 'blob_missing', 'the disk was full before this draft began')
  await log(client, { files: FILES })
  assert.equal((await byName(client, 'model:latest'))?.versionIndex, 1)
})

it('says at the commit that the manifest found no room', async (t) => {
  const { blobs, client } = await setUpSmall(t)
  const { id } = await create(client, { files: FILES })
  await sendFiles(client, id, FILES)
  const text = manifestOf(FILES)
  const { file } = await announce(client, id, { digest: md5Of(text), includeUpload: true })
  blobs.isFull = true
  await sendWithoutRoom(client, file.uploadUrl, text)
  const [status, code, message] = await refusalOf(client, COMMIT, { artifactID: id })
  assert.deepEqual([status, code], [413, 'storage_full'])
  assert.match(message, /^The disk for blobs is full, so the bytes of its manifest were not kept/)
})

it('gives no links for parts that cannot fit, joined', async (t) => {
  const { blobs, client } = await setUpSmall(t)
  const { id } = await create(client, { files: FILES })
  const uploadPartsInput = Array.from({ length: 21 }, (_, at) => ({
    partNumber: at + 1,
    hexMD5: String(at).padStart(32, '0'),
  }))
  const file = { artifactID: id, name: 'weights.bin', md5: md5Of('w'), uploadPartsInput }
  const variables = { input: { artifactFiles: [file], storageLayout: 'V2' } }
  blobs.freeBytes = 4000 * 1024 * 1024
  await client.ask(CREATE_FILES, variables)
  blobs.freeBytes -= 1
  assert.deepEqual(await refusalOf(client, CREATE_FILES, variables), [
    413,
    'storage_full',
    'The disk is full.',
  ])
})
