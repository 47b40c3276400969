import assert from 'node:assert/strict'
import { test } from 'node:test'
import { addVersion } from './builders.ts'
import { testApp } from './test-app.ts'

test('versions are added one after another, equal content once', async (t) => {
  const { registry, user } = await testApp(t, { deterministic: true })
  const files = { 'model/weights.bin': 'w', 'config.json': '{}' }
  const first = await addVersion(registry, user, { files, aliases: ['staging'] })
  const second = await addVersion(registry, user, { files: { 'model/weights.bin': 'x' } })
  const again = await addVersion(registry, user, { files })
  assert.deepEqual([first.membership.index, second.membership.index], [0, 1])
  assert.deepEqual([again.created, again.version.id], [false, first.version.id])
  assert.deepEqual([first.version.fileCount, first.version.size], [2, 3])
})
