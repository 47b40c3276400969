import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { addVersion, collectionOf, entryOf } from '../../../test/builders.ts'
import { createTestDatabase, skipPostgres } from '../../../test/postgres.ts'
import { testApp } from '../../../test/test-app.ts'
import { openMetadataStore } from '../../metadata/open.ts'
import { isRegistryError } from '../errors.ts'
import { MAX_GARBAGE_STEP_ROWS } from '../limits.ts'
import { collectGarbage } from './collect-garbage.ts'
import { deleteVersion } from './delete-version.ts'
import { getStorage } from './get-storage.ts'

for (const [kind, url, skip] of [
  ['SQLite', async () => 'sqlite::memory:', false],
  ['PostgreSQL', createTestDatabase, skipPostgres],
] as const)
  describe(`storage on ${kind}`, { skip }, () => {
    test('each blob counts once an owner, and is unique where nobody else has it', async (t) => {
      const metadata = await openMetadataStore({ url: await url() })
      t.after(() => metadata.close())
      const { registry, admin, user } = await testApp(t, { metadata })
      const collect = () =>
        collectGarbage(registry, { graceSeconds: 3600, searchStore: false, pause: async () => {} })
      assert.equal((await getStorage(registry, admin)).count, null, 'nothing was counted yet')

      await addVersion(registry, admin, { files: { a: 'shared', b: 'own', c: 'own' } })
      const collection = collectionOf(admin, 'other')
      await addVersion(registry, admin, { files: { a: 'shared', d: 'more' }, collection })
      // More versions than a step takes name one blob; those without a draft are about to go.
      await registry.metadata.transaction(async (tx) => {
        for (let at = 0; at < 2 * MAX_GARBAGE_STEP_ROWS; at++)
          await tx.manifests.put(`-${at}`, [entryOf('a', 'shared')])
      })
      await addVersion(registry, user, { files: { e: 'shared' } })
      const gone = await addVersion(registry, user, { files: { x: 'garbage' } })
      await collect()

      const { count, condemned } = await getStorage(registry, admin)
      const lines = count?.owners.map(({ owner, ownerId: _, ...line }) => ({
        ...{ owner: `${owner.entityName}/${owner.name}`, ...line },
      }))
      assert.deepEqual([count?.blobs, count?.bytes], [4, 20])
      assert.deepEqual(lines, [
        { owner: 'admin/demo', blobs: 3, bytes: 13, uniqueBlobs: 2, uniqueBytes: 7 },
        { owner: 'ada/demo', blobs: 2, bytes: 13, uniqueBlobs: 1, uniqueBytes: 7 },
      ])
      assert.deepEqual(condemned, { blobs: 0, bytes: 0, isMore: false })

      await deleteVersion(registry, user, { versionId: gone.version.id, dropAliases: true })
      await collect()
      const after = await getStorage(registry, admin)
      assert.deepEqual(after.condemned, { blobs: 1, bytes: 7, isMore: false })
      assert.deepEqual(after.removable, { blobs: 0, bytes: 0, isMore: false }, 'its grace runs')
      assert.equal(after.lastCollection?.condemned, 1)
      assert.equal(after.count?.owners.find(({ owner }) => owner?.entityName === 'ada')?.bytes, 6)
    })

    test('it is for administrators', async (t) => {
      const metadata = await openMetadataStore({ url: await url() })
      t.after(() => metadata.close())
      const { registry, user } = await testApp(t, { metadata })
      await assert.rejects(
        getStorage(registry, user),
        (error) => isRegistryError(error) && error.code === 'forbidden',
      )
    })
  })
