import assert from 'node:assert/strict'
import { test } from 'node:test'
import { addVersion, collectionOf } from '../../../test/builders.ts'
import { testApp } from '../../../test/test-app.ts'
import { changeCollection } from './change-collection.ts'
import { changeOwner } from './change-owner.ts'
import { createCollection } from './create-collection.ts'
import { createRegistry } from './create-registry.ts'
import { linkVersion } from './link-version.ts'

const ORGANIZATION = 'greenroom-org'

test('a collection is tagged and moved to another type', async (t) => {
  const { registry, user } = await testApp(t)
  const collection = collectionOf(user)
  await addVersion(registry, user, { files: { a: '1' } })
  const change = (input: object) => changeCollection(registry, user, { collection, ...input })
  const tagged = await change({ tagsToAdd: ['new', 'big', 'new'], tagsToDelete: ['none'] })
  assert.deepEqual(tagged.collection.tags, ['big', 'new'])
  const both = await change({ tagsToAdd: ['old'], tagsToDelete: ['old', 'big'] })
  assert.deepEqual(both.collection.tags, ['new'])
  await assert.rejects(change({ tagsToAdd: ['a/b'] }), { code: 'name_invalid' })
  const many = Array.from({ length: 100 }, (_, at) => `tag-${at}`)
  await assert.rejects(change({ tagsToAdd: many }), { code: 'too_large' })
  const moved = await change({ artifactType: 'weights' })
  assert.deepEqual([moved.collection.artifactType, moved.collection.tags], ['weights', ['new']])
  await assert.rejects(change({ artifactType: 'a/b' }), { code: 'name_invalid' })
})

test('a registry admits the artifact types that it declares', async (t) => {
  const { registry, admin, user } = await testApp(t)
  const owner = { kind: 'registry', entityName: ORGANIZATION, name: 'data' } as const
  const made = await createRegistry(registry, admin, { ...owner, artifactTypes: ['dataset'] })
  assert.deepEqual([made.allowsAllTypes, made.artifactTypes], [false, ['dataset']])
  const { version } = await addVersion(registry, user, { files: { a: '1' } })
  const target = { owner, name: 'models' }
  const link = () => linkVersion(registry, admin, { versionId: version.id, target })
  await assert.rejects(link(), { code: 'type_mismatch', message: /only "dataset"/ })
  const collection = { owner, name: 'sets' }
  await createCollection(registry, admin, { collection, artifactType: 'dataset' })
  const more = await changeOwner(registry, admin, { owner, artifactTypes: ['model'] })
  assert.deepEqual(more.artifactTypes, ['dataset', 'model'])
  await link()
  const retype = changeCollection(registry, admin, { collection: target, artifactType: 'dataset' })
  await assert.rejects(retype, { code: 'type_mismatch' }, 'links keep the type of their sources')
  const all = await changeOwner(registry, admin, { owner, allowsAllTypes: true })
  assert.deepEqual([all.allowsAllTypes, all.artifactTypes], [true, ['dataset', 'model']])
  const config = { owner, name: 'configs' }
  await createCollection(registry, admin, { collection: config, artifactType: 'config' })
})
