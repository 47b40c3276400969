import assert from 'node:assert/strict'
import { link, mkdtemp, open, readdir, rm, stat, symlink, truncate } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { isRegistryError } from '../core/errors.ts'
import type { ContentDigest } from '../core/model/digest.ts'
import { testBlobStore } from '../core/ports/blob-store.conformance.ts'
import { BlobCorrupt, type BlobStore } from '../core/ports/blob-store.ts'
import { bytesOf, put, receive } from '../core/ports/blob-store-fixture.conformance.ts'
import { openDiskBlobStore } from './disk.ts'
import { pathOf, stageName } from './layout.ts'

const newFolder = () => mkdtemp(join(tmpdir(), 'greenroom-blobs-'))
const pathOfStage = (folder: string, id: string) =>
  pathOf(folder, { kind: 'stage', name: stageName(id, () => '') })

testBlobStore('disk', async (now) => {
  const folder = await newFolder()
  let store = await openDiskBlobStore({ folder, now })
  return {
    store,
    reopen: async () => {
      await store.close()
      store = await openDiskBlobStore({ folder, now })
      return store
    },
    corrupt: async (digest, at) => {
      const file = await open(pathOf(folder, { kind: 'blob', digest }), 'r+')
      const byte = Buffer.alloc(1)
      await file.read(byte, 0, 1, at)
      byte.writeUInt8(byte.readUInt8(0) ^ 1)
      await file.write(byte, 0, 1, at)
      await file.close()
    },
    destroy: async () => {
      await store.close()
      await rm(folder, { recursive: true })
    },
  }
})

describe('the folder of a disk store', () => {
  let outer: string
  let folder: string
  let store: BlobStore
  const reopen = () => openDiskBlobStore({ folder, now: () => 1_700_000_000_000_000 })

  beforeEach(async () => {
    outer = await newFolder()
    folder = join(outer, 'of', 'blobs')
    store = await reopen()
  })
  afterEach(async () => {
    await store.close()
    await rm(outer, { recursive: true })
  })

  const filesIn = async (path: string) =>
    (await readdir(path, { recursive: true, withFileTypes: true }))
      .filter((entry) => !entry.isDirectory())
      .map((entry) => join(entry.parentPath, entry.name))

  it('holds hostile stage ids as digests only', async () => {
    for (const id of ['../../x', '/tmp/x', 'a\0b', '.', '..', 'x'.repeat(10_000)]) {
      const stage = await store.stage(id)
      await stage.append(bytesOf(10))
      await stage.pause()
    }
    const files = await filesIn(outer)
    assert.equal(files.length, 6)
    for (const file of files) {
      assert.equal(file, pathOf(folder, { kind: 'stage', name: basename(file) }))
      assert.match(basename(file), /^[0-9a-f]{64}$/)
    }
  })

  it('makes no path of what is no digest', async () => {
    const upper = `sha256:${'A'.repeat(64)}`
    for (const text of ['sha256:../../../../x', 'x', '', upper, `sha256:${'a'.repeat(63)}/`]) {
      const digest = text as ContentDigest
      await assert.rejects(store.stat(digest), /not a content digest/)
      await assert.rejects(store.delete(digest), /not a content digest/)
      await assert.rejects(receive(store, { digest, size: 1, checks: new Uint8Array(4) }))
    }
  })

  it('is closed to other users of the machine', async () => {
    const { digest } = await put(store, bytesOf(10))
    const path = pathOf(folder, { kind: 'blob', digest })
    assert.equal((await stat(path)).mode & 0o777, 0o600)
    for (const above of ['../', '../../', '../../../', '../../../../', '../../../../../'])
      assert.equal((await stat(join(path, above))).mode & 0o777, 0o700, above)
  })

  it('keeps one file a blob and none of what failed, ended or was dropped', async () => {
    const { digest } = await put(store, bytesOf(500_000))
    await put(store, bytesOf(500_000))
    const mismatched = await store.stage('mismatched')
    await mismatched.append(bytesOf(500_000))
    await assert.rejects(mismatched.commit({ size: 1 }))
    const aborted = await store.stage()
    await aborted.append(bytesOf(500_000))
    await aborted.abort()
    const left = await store.stage()
    await left.append(bytesOf(500_000))
    await store.close()
    await store.probe()
    assert.deepEqual((await filesIn(outer)).sort(), [
      pathOf(folder, { kind: 'probe' }),
      pathOf(folder, { kind: 'blob', digest }),
    ])
  })

  it('never follows a link in the place of a stage or a blob', async () => {
    const outside = join(outer, 'outside')
    const { digest, size, checks } = await put(store, bytesOf(10))
    const path = pathOf(folder, { kind: 'blob', digest })
    await rm(path)
    await symlink(outside, path)
    await symlink(outside, pathOfStage(folder, 'linked'))
    const refused = (error: unknown) => isRegistryError(error, 'registry_unavailable')
    await assert.rejects(store.stage('linked'), refused)
    await assert.rejects(receive(store, { digest, size, checks }), refused)
    await assert.rejects(stat(outside))
  })

  it('never appends to a file that has a second name, which may be a blob', async () => {
    const blob = await put(store, bytesOf(1_000))
    await link(pathOf(folder, { kind: 'blob', digest: blob.digest }), pathOfStage(folder, 'twin'))
    const stage = await store.stage('twin')
    assert.equal(stage.offset, 0)
    await stage.append(bytesOf(5))
    await stage.pause()
    assert.ok(bytesOf(1_000).equals(await receive(store, blob)))
  })

  it('goes on with what a killed process had written', async () => {
    const bytes = bytesOf(300_000)
    const stage = await store.stage('killed')
    await stage.append(bytes)
    // Not closed: another store finds the file as a kill leaves it.
    const next = await reopen()
    const resumed = await next.stage('killed')
    assert.equal(resumed.offset, bytes.length)
    await resumed.abort()
    await stage.abort()
  })

  it('sends nothing of a chunk that was cut short', async () => {
    const blob = await put(store, bytesOf(1_000))
    await truncate(pathOf(folder, { kind: 'blob', digest: blob.digest }), 999)
    await assert.rejects(receive(store, blob), BlobCorrupt)
  })

  it('lists no file that is not a blob in its place', async () => {
    const { digest, size } = await put(store, bytesOf(10))
    const path = pathOf(folder, { kind: 'blob', digest })
    await link(path, join(folder, 'v1', 'sha256', 'README'))
    await link(path, `${path}.bak`)
    await link(path, join(path, '..', 'f'.repeat(64)))
    const listed: unknown[] = []
    for await (const blob of store.list()) listed.push(blob)
    assert.deepEqual(listed, [{ digest, size }])
  })
})
