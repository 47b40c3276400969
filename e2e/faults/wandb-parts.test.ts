// A file is sent in parts while the server is killed. The official wandb client does so above 2
// GiB, and is struck once with some parts here and once in the middle of joining them: by its own
// retries the file is there, byte for byte.

import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createReadStream, mkdtempSync, rmSync } from 'node:fs'
import { open, readdir, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { freePort } from '../../packages/server/test/free-port.ts'
import { callerOf, listAll } from '../rest.ts'
import { startServer } from '../server.ts'
import { pythonWith } from '../setup.ts'
import { SCALE } from './scale.ts'

const MIB = 1024 * 1024
/** Repeated, and out of step with the client's parts of 100 MiB: no two are alike. */
const BLOCK = randomBytes(64 * MIB + 1)
/** The client sends parts from 2 GiB on. */
const BLOCKS = 33
const PART_BYTES = 100 * MIB
const SCRIPT = path.resolve(import.meta.dirname, 'wandb_log_file.py')
const LIMIT_MILLISECONDS = 450_000

const python = pythonWith('wandb')

const CREATE_ARTIFACT = `mutation ($input: CreateArtifactInput!) {
  createArtifact(input: $input) { artifact { id } } }`
const CREATE_FILES = `mutation ($input: CreateArtifactFilesInput!) {
  createArtifactFiles(input: $input) { files { edges { node {
    uploadUrl storagePath uploadMultipartUrls { uploadID uploadUrlParts { uploadUrl } } } } } } }`
const COMPLETE = `mutation ($input: CompleteMultipartUploadArtifactInput!) {
  completeMultipartUploadArtifact(input: $input) { digest } }`

test('parts outlive a kill, and are joined once', async (t) => {
  const folder = mkdtempSync(path.join(tmpdir(), 'greenroom-parts-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  const options = { dataFolder: path.join(folder, 'data'), port: await freePort() }
  let server = await startServer(t, options)
  const { url, adminKey } = server
  const ask = async (query: string, input: object) => {
    const headers = { authorization: `Bearer ${adminKey}`, 'content-type': 'application/json' }
    const body = JSON.stringify({ query, variables: { input } })
    const answer = await fetch(`${url}/graphql`, { method: 'POST', headers, body })
    assert.equal(answer.status, 200)
    return ((await answer.json()) as { data: Record<string, unknown> }).data
  }
  const strike = async () => {
    server.process.kill('SIGKILL')
    await once(server.process, 'exit')
    server = await startServer(t, options)
  }

  const parts = Array.from({ length: 4 }, () => randomBytes(5 * MIB + 1))
  const md5 = createHash('md5').update(Buffer.concat(parts)).digest('base64')
  const created = (await ask(CREATE_ARTIFACT, {
    ...{ entityName: 'admin', projectName: 'parts', artifactTypeName: 'model' },
    ...{ artifactCollectionName: 'small', digest: 'd' },
  })) as { createArtifact: { artifact: { id: string } } }
  const artifactID = created.createArtifact.artifact.id
  const announced = parts.map((part, at) => ({
    partNumber: at + 1,
    hexMD5: createHash('md5').update(part).digest('hex'),
  }))
  const askForLinks = async () => {
    const file = { artifactID, name: 'w', md5, uploadPartsInput: announced }
    const { createArtifactFiles } = (await ask(CREATE_FILES, { artifactFiles: [file] })) as {
      createArtifactFiles: { files: { edges: readonly [{ node: FileNode }] } }
    }
    return createArtifactFiles.files.edges[0].node
  }
  const node = await askForLinks()
  const send = async (at: number) => {
    const link = node.uploadMultipartUrls?.uploadUrlParts[at]?.uploadUrl ?? ''
    const answer = await fetch(link, { method: 'PUT', body: parts[at] ?? null })
    assert.deepEqual([answer.status, answer.headers.get('etag')], [200, etagOf(announced[at])])
  }
  await Promise.all([send(3), send(0)])
  await strike()
  await Promise.all([send(2), send(1)])
  const complete = () =>
    ask(COMPLETE, {
      ...{ completeMultipartAction: 'Complete', artifactID, storagePath: node.storagePath },
      completedParts: announced.map((part) => ({ ...part, hexMD5: etagOf(part) })),
      uploadID: node.uploadMultipartUrls?.uploadID,
    })
  // Its answer is lost.
  const lost = complete().catch(() => {})
  await sleep(Math.random() * 100)
  await strike()
  await lost
  assert.deepEqual(await complete(), { completeMultipartUploadArtifact: { digest: md5 } })
  assert.equal((await askForLinks()).uploadUrl, null, 'here')
})

interface FileNode {
  readonly uploadUrl: string | null
  readonly storagePath: string
  readonly uploadMultipartUrls: {
    readonly uploadID: string
    readonly uploadUrlParts: readonly { readonly uploadUrl: string }[]
  } | null
}

function etagOf(part: { readonly hexMD5: string } | undefined): string {
  return `"${part?.hexMD5}"`
}

// It takes a minute and 7 GB of disk, so that a tenth of it is none.
if (SCALE >= 1)
  test('a file above 2 GiB in parts, through two kills', { skip: python.missing }, async (t) => {
    const folder = mkdtempSync(path.join(tmpdir(), 'greenroom-wandb-parts-'))
    t.after(() => rmSync(folder, { recursive: true, force: true }))
    const sent = await makeFile(path.join(folder, 'weights.bin'))
    const dataFolder = path.join(folder, 'data')
    const port = await freePort()
    let server = await startServer(t, { dataFolder, port })
    const { url, adminKey } = server
    const environment = {
      PATH: process.env.PATH,
      HOME: folder,
      WANDB_DIR: folder,
      WANDB_BASE_URL: url,
      WANDB_API_KEY: adminKey,
      WANDB_ERROR_REPORTING: 'false',
      WANDB_SILENT: 'true',
    }
    const logged = promisify(execFile)(python.path, [SCRIPT, sent.path], {
      cwd: folder,
      env: environment,
      timeout: LIMIT_MILLISECONDS,
    })
    const over = logged.then(
      () => true,
      () => true,
    )
    const killWhen = async (what: string, isSo: () => Promise<boolean>) => {
      while (!(await isSo()))
        assert.notEqual(await Promise.race([over, sleep(20)]), true, `done before ${what}`)
      server.process.kill('SIGKILL')
      await once(server.process, 'exit')
      server = await startServer(t, { dataFolder, port })
    }
    const blobs = path.join(dataFolder, 'blobs', 'v1')
    await killWhen('a part was here', async () => (await sizesIn(`${blobs}/sha256`)).length >= 1)
    await killWhen('joining', async () =>
      (await sizesIn(`${blobs}/stages`)).some((size) => size > 3 * PART_BYTES),
    )
    assert.equal((await logged).stdout.trim(), 'v0')

    const collection = '/projects/admin/parts/collections/large'
    const rest = callerOf(url, adminKey)
    const [file, ...others] = await listAll<{ path: string; digest: string; size: number }>(
      rest,
      `${collection}/versions/v0/files`,
    )
    assert.deepEqual([file?.path, file?.digest, others], ['weights.bin', sent.digest, []])
    const answer = await fetch(`${url}/api/v1${collection}/versions/v0/files/weights.bin`, {
      headers: { authorization: `Bearer ${adminKey}` },
    })
    const received = createHash('sha256')
    for await (const chunk of answer.body ?? []) received.update(chunk)
    assert.equal(`sha256:${received.digest('hex')}`, sent.digest)
  })

async function makeFile(where: string) {
  const file = await open(where, 'w')
  for (let blocks = 0; blocks < BLOCKS; blocks += 1) await file.write(BLOCK)
  await file.close()
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(where)) hash.update(chunk)
  return { path: where, digest: `sha256:${hash.digest('hex')}` }
}

/** Sizes of the files below a folder; those that go meanwhile are left out. */
async function sizesIn(folder: string): Promise<readonly number[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const sizes = await Promise.all(
    entries
      .filter((entry) => entry.isFile())
      .map((entry) =>
        stat(path.join(entry.parentPath, entry.name)).then(
          ({ size }) => [size],
          () => [],
        ),
      ),
  )
  return sizes.flat()
}
