import assert from 'node:assert/strict'
import { test } from 'node:test'
import { addVersion, collectionOf } from '../../../test/builders.ts'
import { testApp } from '../../../test/test-app.ts'
import type { Actor } from '../model/actor.ts'
import type { Collection, CollectionRef } from '../model/collection.ts'
import { describedEdition } from '../model/edition.ts'
import type { TokenScope } from '../model/grant.ts'
import { DEFAULT_STAGES } from '../model/stage.ts'
import { authenticate } from './authenticate.ts'
import { changeCollection } from './change-collection.ts'
import { changeOwner } from './change-owner.ts'
import { createCollection } from './create-collection.ts'
import { createRegistry } from './create-registry.ts'
import { createToken } from './create-token.ts'
import { linkVersion } from './link-version.ts'
import { listNewest } from './list-newest.ts'
import { setStages } from './set-stages.ts'

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

test('a collection says what its versions are measured by', async (t) => {
  const { registry, user } = await testApp(t)
  const collection = collectionOf(user)
  await addVersion(registry, user, { files: { a: '1' }, metadata: '{"eval":{"loss":0.5}}' })
  await addVersion(registry, user, { files: { a: '2' }, metadata: '{"eval":{"loss":0.25}}' })
  const change = (input: object) => changeCollection(registry, user, { collection, ...input })
  const newest = async (of: Collection) =>
    (await listNewest(registry, user, { owner: collection.owner, collections: [of] })).get(of.id)
  const untold = await change({ tags: ['x'] })
  assert.deepEqual(untold.collection.measures, [])
  assert.deepEqual(await newest(untold.collection), { index: 1, size: 1, value: null })
  const measures = [
    { path: 'eval.loss', better: 'lower' },
    { path: 'f1', better: 'higher' },
  ]
  const told = await change({ measures })
  assert.deepEqual(told.collection.measures, measures)
  assert.equal((await newest(told.collection))?.value, 0.25)
  assert.deepEqual((await change({ description: 'x' })).collection.measures, measures)
  const edition = describedEdition(told.collection)
  await assert.rejects(change({ measures: [], expectEdition: edition }), {
    code: 'generation_mismatch',
  })
  const twice = [...measures, ...measures]
  await assert.rejects(change({ measures: twice }), { code: 'request_invalid' })
  await assert.rejects(change({ measures: [{ path: '', better: 'lower' }] }), {
    code: 'request_invalid',
  })
  const many = Array.from({ length: 33 }, (_, at) => ({ path: `m${at}`, better: 'lower' }))
  await assert.rejects(change({ measures: many }), { code: 'too_large' })
  assert.deepEqual((await change({ measures: [] })).collection.measures, [])
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

test('a rename leaves neither a scope nor a protected alias behind', async (t) => {
  const { registry, admin, user } = await testApp(t)
  const [collection, other] = [collectionOf(user, 'dev-a'), collectionOf(user, 'dev-b')]
  await addVersion(registry, user, { files: { a: '1' }, collection, aliases: ['production'] })
  await addVersion(registry, user, { files: { a: '2' }, collection: other })
  const actorOf = async (scope: Partial<TokenScope>) => {
    const all = { verbs: ['write', 'promote'], owner: '*', collection: '*', alias: '*' } as const
    const name = JSON.stringify(scope)
    const made = { username: 'ada', name, scope: { ...all, ...scope } }
    return authenticate(registry, (await createToken(registry, admin, made)).key)
  }
  const developer = await actorOf({ collection: 'dev-*' })
  const writer = await actorOf({ verbs: ['write'] })
  const rename = (actor: Actor, of: CollectionRef, name: string) =>
    changeCollection(registry, actor, { collection: of, name })
  await assert.rejects(rename(developer, other, 'live'), { code: 'forbidden' })
  await rename(developer, other, 'dev-c')
  const { owner } = collection
  const renameOwner = (actor: Actor, name: string) => changeOwner(registry, actor, { owner, name })
  const ofDemo = await actorOf({ owner: 'ada/demo' })
  await assert.rejects(renameOwner(ofDemo, 'live'), { code: 'forbidden' })

  const stages = DEFAULT_STAGES.map((stage) => ({ ...stage, protected: true }))
  await setStages(registry, user, { owner, stages })
  await assert.rejects(rename(writer, collection, 'old'), { code: 'alias_protected' })
  await rename(writer, collectionOf(user, 'dev-c'), 'dev-d')
  await assert.rejects(renameOwner(writer, 'old'), { code: 'alias_protected', message: /ada/ })
  await rename(developer, collection, 'dev-e')
  await renameOwner(user, 'new')
})
