import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { isRegistryError } from '../core/errors.ts'
import { digestOf } from '../core/model/digest.ts'
import type { BlobStage } from '../core/ports/blob-store.ts'
import { bytesOf, put, receive } from '../core/ports/blob-store-fixture.conformance.ts'
import { openDiskBlobStore } from './disk.ts'

// This file runs twice: first to mount a small disk, then, in a namespace of its own that takes the
// mount with it when it ends, to fill that disk.
const smallDisk = process.env.GREENROOM_TEST_SMALL_DISK
const SMALL_DISK_BYTES = 6 * 1024 * 1024
const NAMESPACE = ['--user', '--map-root-user', '--mount']

if (smallDisk === undefined) {
  const possible = spawnSync('unshare', [...NAMESPACE, 'true']).status === 0
  it('a full disk', { skip: !possible && 'unshare cannot make a namespace here' }, async () => {
    const folder = await mkdtemp(join(tmpdir(), 'greenroom-full-'))
    const mount = `mount -t tmpfs -o size=${SMALL_DISK_BYTES} none "$1" && exec "$2" --test "$3"`
    const file = fileURLToPath(import.meta.url)
    const args = [...NAMESPACE, 'sh', '-c', mount, 'sh', folder, process.execPath, file]
    const { NODE_TEST_CONTEXT: _, ...env } = process.env
    const run = spawnSync('unshare', args, {
      env: { ...env, GREENROOM_TEST_SMALL_DISK: folder },
      encoding: 'utf8',
    })
    await rm(folder, { recursive: true })
    assert.equal(run.status, 0, run.stdout + run.stderr)
    assert.match(run.stdout, /pass 6/)
  })
} else {
  describe('on a disk of 6 MiB', () => fillDisk(smallDisk))
}

function fillDisk(disk: string): void {
  const folder = join(disk, 'blobs')
  const opened = openDiskBlobStore({ folder, now: () => Date.now() * 1000 })
  const filesOfStages = () => readdir(join(folder, 'v1', 'stages'))

  for (const id of ['named', undefined]) {
    it(`refuses what does not fit, keeps nothing of it, goes on (${id})`, async () => {
      const store = await opened
      const stage = await store.stage(id)
      const upload = appendInPieces(stage, bytesOf(SMALL_DISK_BYTES + 1))
      await assert.rejects(
        upload.then(() => stage.commit()),
        isStorageFull,
      )
      await assert.rejects(stage.append(bytesOf(1)), isStorageFull)
      await assert.rejects(stage.commit(), isStorageFull)
      await stage.abort()
      assert.deepEqual(await filesOfStages(), [])
      for await (const blob of store.list()) assert.fail(`found ${blob.digest}`)

      const blob = await put(store, bytesOf(1_000_000))
      assert.ok(bytesOf(1_000_000).equals(await receive(store, blob)))
      await store.delete(blob.digest)
    })
  }

  it('keeps what it acknowledged of uploads that fill it together', async () => {
    const store = await opened
    const uploads = Array.from({ length: 6 }, async (_, seed) => {
      const bytes = bytesOf(1_500_000, seed)
      const stage = await store.stage()
      await appendInPieces(stage, bytes)
      return { bytes, blob: await stage.commit() }
    })
    let kept = 0
    for (const upload of await Promise.allSettled(uploads)) {
      if (upload.status === 'rejected') assert.ok(isStorageFull(upload.reason))
      else {
        kept += 1
        assert.ok(upload.value.bytes.equals(await receive(store, upload.value.blob)))
        await store.delete(upload.value.blob.digest)
      }
    }
    assert.ok(kept < uploads.length)
    assert.deepEqual(await filesOfStages(), [])
  })

  it('refuses a batch that does not fit, keeps nothing of it, goes on', async () => {
    const store = await opened
    const before = Date.now() * 1000
    const batch = Array.from({ length: SMALL_DISK_BYTES / 250_000 + 1 }, (_, seed) => {
      const bytes = bytesOf(250_000, 100 + seed)
      return { digest: digestOf(bytes), bytes }
    })
    await assert.rejects(store.storeAll(batch), isStorageFull)
    assert.ok((store.exhaustedAt() ?? 0) >= before)
    assert.deepEqual(await filesOfStages(), [])
    for await (const blob of store.list()) assert.fail(`found ${blob.digest}`)

    const [blob] = await store.storeAll(batch.slice(0, 1))
    assert.equal(await store.delete(blob?.digest ?? digestOf('')), true)
  })

  it('knows what it has no room for, and when some found none', async () => {
    const store = await opened
    const before = Date.now() * 1000
    await store.checkRoom(SMALL_DISK_BYTES / 2)
    assert.ok((store.exhaustedAt() ?? 0) < before, 'the tests above')
    await assert.rejects(store.checkRoom(SMALL_DISK_BYTES + 1), isStorageFull)
    assert.ok((store.exhaustedAt() ?? 0) >= before)
  })

  it('is not ready while nothing can be written', async () => {
    const store = await opened
    await writeFile(join(disk, 'filler'), bytesOf(SMALL_DISK_BYTES)).catch(() => {})
    const refusal = (error: unknown) => isRegistryError(error, 'registry_unavailable')
    await assert.rejects(store.probe(), refusal)
    await assert.rejects(put(store, bytesOf(10)), isStorageFull)
    await rm(join(disk, 'filler'))
    await store.probe()
    assert.deepEqual(await filesOfStages(), [])
  })
}

async function appendInPieces(stage: BlobStage, bytes: Buffer): Promise<void> {
  for (let at = 0; at < bytes.length; at += 65_536)
    await stage.append(bytes.subarray(at, at + 65_536))
}

function isStorageFull(error: unknown): boolean {
  return isRegistryError(error, 'storage_full')
}
