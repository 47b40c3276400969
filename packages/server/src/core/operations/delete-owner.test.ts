import assert from 'node:assert/strict'
import { test } from 'node:test'
import { addVersion, collectionOf } from '../../../test/builders.ts'
import { testApp } from '../../../test/test-app.ts'
import { MAX_VERSIONS_PER_DELETE } from '../limits.ts'
import { deleteCollection } from './delete-collection.ts'
import { deleteOwner } from './delete-owner.ts'
import { getOwner } from './get-owner.ts'

test('one call ends a bounded number of versions, in however many collections', async (t) => {
  const { registry, user } = await testApp(t)
  const { owner } = collectionOf(user)
  for (const name of ['a', 'b']) {
    const collection = collectionOf(user, name)
    const made = await addVersion(registry, user, { files: { a: name }, collection })
    await registry.metadata.transaction(async (tx) => {
      for (let index = 1; index <= MAX_VERSIONS_PER_DELETE / 2; index += 1) {
        const id = `${name}${index}`
        await tx.versions.insert({ ...made.version, id, sourceIndex: index })
        await tx.memberships.insert({ ...made.membership, versionId: id, index })
      }
    })
  }
  const remove = () => deleteOwner(registry, user, { owner, dropAliases: false })
  await assert.rejects(remove(), { code: 'too_large' })
  await getOwner(registry, user, { owner })
  const collection = collectionOf(user, 'a')
  await deleteCollection(registry, user, { collection, dropAliases: false })
  await remove()
  await assert.rejects(getOwner(registry, user, { owner }), { code: 'owner_not_found' })
})
