import assert from 'node:assert/strict'
import { test } from 'node:test'
import { addVersion } from '../../test/builders.ts'
import { testApp } from '../../test/test-app.ts'
import { digestOf } from '../core/model/digest.ts'
import type { Collected } from '../core/operations/collect-garbage.ts'
import { deleteVersion } from '../core/operations/delete-version.ts'
import { startGarbageJob } from './garbage-job.ts'

test('the job collects again and again, waits for a backup, and stops at once', async (t) => {
  const { registry, user } = await testApp(t)
  const { version } = await addVersion(registry, user, { files: { a: 'old' } })
  await deleteVersion(registry, user, { versionId: version.id, dropAliases: true })
  const seen: (Collected | null)[] = []
  let backups = 2
  let held = 0
  const { promise: enough, resolve } = Promise.withResolvers<void>()
  const job = startGarbageJob(registry, {
    graceSeconds: 0,
    hold: () => {
      assert.equal(held, 0)
      if (backups-- > 0) return null
      held += 1
      return { release: () => void held-- }
    },
    onCollected: (collected) => {
      seen.push(collected)
      if (seen.length === 4) resolve()
    },
    onFailed: (error) => assert.fail(String(error)),
    intervalMilliseconds: 5,
    firstMilliseconds: 1,
  })
  await enough
  await job.stop()
  assert.equal(held, 0)
  assert.deepEqual(
    seen.slice(0, 4).map((collected) => collected?.removedBlobs ?? null),
    [null, null, 1, 0],
  )
  assert.equal(await registry.blobs.stat(digestOf('old')), undefined)
})

test('a fault is told, and the job goes on', async (t) => {
  const { registry } = await testApp(t)
  const faults: unknown[] = []
  const { promise: recovered, resolve } = Promise.withResolvers<void>()
  const job = startGarbageJob(registry, {
    graceSeconds: 0,
    hold: () => {
      if (faults.length === 0) throw new Error('no such folder')
      return { release: () => undefined }
    },
    onCollected: () => resolve(),
    onFailed: (error) => faults.push(error),
    intervalMilliseconds: 5,
    firstMilliseconds: 1,
  })
  await recovered
  await job.stop()
  assert.match(String(faults), /no such folder/)
})
