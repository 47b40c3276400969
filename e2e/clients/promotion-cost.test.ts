import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { createReadStream, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { pipeline } from 'node:stream/promises'
import { type TestContext, test } from 'node:test'
import { openDiskBlobStore } from '../../packages/server/src/blobs/disk.ts'
import type { BlobStore } from '../../packages/server/src/core/registry.ts'
import { countStatements } from '../../packages/server/test/count-statements.ts'
import {
  collectionPath,
  type RestClient,
  restClient,
} from '../../packages/server/test/rest-client.ts'
import { testApp, USER_KEY } from '../../packages/server/test/test-app.ts'
import { realModel } from '../setup.ts'

// A promotion moves a pointer: whatever stands behind it, it costs the same and touches no byte.

const model = realModel()

test('promoting 90 MB runs the statements of promoting a kilobyte, and touches no blob', {
  skip: model.missing,
}, async (t) => {
  const calls: string[] = []
  const statements = countStatements(t)
  const app = await testApp(t, { blobs: await countedBlobs(t, calls), listen: true })
  const call = restClient(app, USER_KEY)
  const folder = mkdtempSync(path.join(tmpdir(), 'greenroom-small-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const costs = []
  for (const [name, files] of [
    ['small', { 'weights.bin': await kilobyte(folder) }],
    ['real', filesOf(model.path)],
  ] as const) {
    const size = await logFiles(call, collectionPath(name), files)
    await logFiles(call, collectionPath(name), { 'next.bin': path.join(folder, 'weights.bin') })
    console.log(`${name}: ${Object.keys(files).length} file(s), ${size} bytes`)
    calls.length = 0
    costs.push(await promoteBoth(call, collectionPath(name), statements))
    assert.deepEqual(calls, [], `the blob store was called for ${name}`)
    // The counter counts: a download calls it.
    const [first = ''] = Object.keys(files)
    const head = await call('GET', `${collectionPath(name)}/versions/v0/files/${first}`, {
      headers: { range: 'bytes=0-0' },
    })
    assert.deepEqual([head.status, calls.length > 0], [206, true])
  }
  const [small, real] = costs
  assert.ok((small?.length ?? 0) > 10)
  assert.deepEqual(real, small)
  console.log(`two promotions, the second displacing: ${small?.length} statements each time`)
})

/** The statements of a first promotion and of one that displaces it. */
async function promoteBoth(
  call: RestClient,
  collection: string,
  statements: string[],
): Promise<readonly string[]> {
  statements.length = 0
  for (const version of ['v0', 'v1']) {
    const answer = await call('PUT', `${collection}/aliases/production`, { body: { version } })
    assert.equal(answer.status, 200)
  }
  return [...statements]
}

async function countedBlobs(t: TestContext, calls: string[]): Promise<BlobStore> {
  const folder = mkdtempSync(path.join(tmpdir(), 'greenroom-blobs-'))
  const store = await openDiskBlobStore({ folder, now: () => Date.now() * 1000 })
  t.after(async () => {
    await store.close()
    rmSync(folder, { recursive: true })
  })
  return new Proxy(store, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name)
      if (typeof value !== 'function') return value
      return (...args: unknown[]) => {
        calls.push(String(name))
        return value.apply(target, args)
      }
    },
  })
}

async function kilobyte(folder: string): Promise<string> {
  const { writeFile } = await import('node:fs/promises')
  const file = path.join(folder, 'weights.bin')
  await writeFile(file, 'w'.repeat(1024))
  return file
}

function filesOf(folder: string): Record<string, string> {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  const files = names.filter((name) => statSync(path.join(folder, name)).isFile())
  return Object.fromEntries(files.map((name) => [name, path.join(folder, name)]))
}

/** Logs files from disk as a client does, streamed through the draft's links. Their bytes. */
async function logFiles(
  call: RestClient,
  collection: string,
  files: Readonly<Record<string, string>>,
): Promise<number> {
  const entries = await Promise.all(
    Object.entries(files).map(async ([name, file]) => ({
      path: name,
      digest: await digestOfFile(file),
      size: statSync(file).size,
    })),
  )
  const { json: draft } = await call('POST', `${collection}/versions`, {
    body: { type: 'model', entries },
  })
  for (const { digest, url } of draft.uploads) {
    const entry = entries.find((known) => known.digest === digest)
    const body = createReadStream(files[entry?.path ?? ''] ?? '')
    const answer = await fetch(url, { method: 'PUT', body, duplex: 'half' } as RequestInit)
    assert.equal(answer.status, 200)
  }
  const committed = await call('POST', `${collection}/drafts/${draft.id}/commit`)
  assert.equal(committed.status, 201)
  return committed.json.size
}

async function digestOfFile(file: string): Promise<string> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(file), hash)
  return `sha256:${hash.digest('hex')}`
}
