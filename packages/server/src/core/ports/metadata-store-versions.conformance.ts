import assert from 'node:assert/strict'
import { it } from 'node:test'
import {
  type Context,
  collectionOf,
  freshId,
  insertCollection,
  insertProject,
  insertRun,
  insertVersion,
  membershipOf,
  rejectsWith,
  TIME,
  versionOf,
} from './metadata-store-fixture.conformance.ts'

export function testVersions(context: Context): void {
  testCollections(context)
  testMemberships(context)
  testEqualContent(context)
  testVersionRows(context)
}

function testCollections({ store }: Context): void {
  it('a collection is found by name, in its case, by id and by ids', async () => {
    const collection = await store().transaction(insertCollection)
    const { id, ownerId } = collection
    await store().read(async (tx) => {
      assert.deepEqual(await tx.collections.find(ownerId, 'c'), collection)
      assert.equal(await tx.collections.find(ownerId, 'C'), undefined)
      assert.deepEqual(await tx.collections.findById(id), collection)
      assert.equal(await tx.collections.findById('none'), undefined)
      assert.deepEqual(await tx.collections.findMany(['none', id, id]), [collection])
      assert.deepEqual(await tx.collections.findMany([]), [])
    })
  })

  it('a name is taken once in its owner', async () => {
    const { ownerId } = await store().transaction(insertCollection)
    const twin = collectionOf(ownerId, { artifactType: 'dataset' })
    await rejectsWith(
      store().transaction((tx) => tx.collections.insert(twin)),
      'already_exists',
    )
    const other = await store().transaction(insertProject)
    await store().transaction((tx) => tx.collections.insert({ ...twin, ownerId: other.id }))
  })

  it('lock reads it, update writes what can change and nothing else', async () => {
    const collection = await store().transaction(insertCollection)
    const changes = {
      name: 'd',
      artifactType: 'other',
      description: 'what it is',
      tags: ['good', 'new'],
      nextIndex: 7,
      logSeq: 3,
      logHash: 'ab'.repeat(32),
      logTime: TIME + 3,
      updatedAt: TIME + 4,
    }
    await store().transaction(async (tx) => {
      assert.deepEqual(await tx.collections.lock(collection.id), collection)
      assert.equal(await tx.collections.lock('none'), undefined)
      const { ownerId, name } = collection
      assert.deepEqual(await tx.collections.lockByName(ownerId, name), collection)
      assert.equal(await tx.collections.lockByName(ownerId, 'none'), undefined)
      const fixed = { kind: 'linked', createdBy: 9 } as const
      await tx.collections.update({ ...collection, ...fixed, ...changes })
    })
    const found = await store().read((tx) => tx.collections.findById(collection.id))
    assert.deepEqual(found, { ...collection, ...changes })
    await assert.rejects(
      store().transaction((tx) => tx.collections.update({ ...collection, id: 'none' })),
    )
  })

  it('no collection is renamed to a name that is taken', async () => {
    const [one, two] = await store().transaction(async (tx) => {
      const one = await insertCollection(tx)
      const two = collectionOf(one.ownerId, { name: 'two' })
      await tx.collections.insert(two)
      return [one, two]
    })
    assert(one !== undefined && two !== undefined)
    const rename = (name: string) =>
      store().transaction((tx) => tx.collections.update({ ...two, name }))
    await rejectsWith(rename(one.name), 'already_exists')
    await store().transaction((tx) => tx.collections.end(one, TIME))
    await rename(one.name)
  })

  it('an ended collection is found by its id alone, and its name is free', async () => {
    const collection = await store().transaction(insertCollection)
    const { id, ownerId, name, artifactType } = collection
    await store().transaction(async ({ collections }) => {
      await collections.end(collection, TIME)
      assert.equal(await collections.lock(id), undefined)
      assert.equal(await collections.lockByName(ownerId, name), undefined)
    })
    await store().read(async ({ collections }) => {
      assert.equal(await collections.find(ownerId, name), undefined)
      assert.deepEqual(await collections.findById(id), collection)
      assert.deepEqual(await collections.findMany([id]), [collection])
      const page = { ownerId, after: '', limit: 9 }
      assert.deepEqual(await collections.list({ ...page, artifactType: null }), [])
      assert.deepEqual(await collections.list({ ...page, artifactType }), [])
      assert.deepEqual(await collections.artifactTypes(ownerId), [])
    })
    await store().transaction((tx) => tx.collections.insert(collectionOf(ownerId)))
  })

  it('a counter outlives its collection and only grows', async () => {
    const collection = await store().transaction(insertCollection)
    const { ownerId, name } = collection
    const free = () => store().transaction((tx) => tx.collections.firstFreeIndex(ownerId, name))
    assert.equal(await free(), 0)
    for (const [nextIndex, expected] of [
      [7, 7],
      [3, 7],
      [8, 8],
    ] as const) {
      await store().transaction((tx) => tx.collections.keepCounter({ ...collection, nextIndex }))
      assert.equal(await free(), expected)
    }
  })

  it('collections are listed by the bytes of their names, of one type or of all', async () => {
    const owner = await store().transaction(insertProject)
    // UTF-16 would put U+1F600 before U+FF21; a language's order would put "b" before "Z".
    const names = ['Z', 'b', 'é', 'Ａ', '😀']
    await store().transaction(async (tx) => {
      for (const [at, name] of names.toReversed().entries()) {
        const artifactType = at % 2 === 0 ? 'model' : 'dataset'
        await tx.collections.insert(collectionOf(owner.id, { name, artifactType }))
      }
    })
    const page = { ownerId: owner.id, artifactType: null, after: '', limit: 9 }
    const list = (rest: object) =>
      store().read(async (tx) => {
        const collections = await tx.collections.list({ ...page, ...rest })
        return collections.map(({ name }) => name)
      })
    assert.deepEqual(await list({}), names)
    assert.deepEqual(await list({ limit: 2 }), ['Z', 'b'])
    assert.deepEqual(await list({ after: 'b', limit: 2 }), ['é', 'Ａ'])
    assert.deepEqual(await list({ artifactType: 'model' }), ['Z', 'é', '😀'])
    assert.deepEqual(await list({ artifactType: 'model', after: 'Z', limit: 1 }), ['é'])
    assert.deepEqual(await list({ artifactType: 'none' }), [])
    const types = await store().read((tx) => tx.collections.artifactTypes(owner.id))
    assert.deepEqual(types, ['dataset', 'model'])
    assert.deepEqual(await store().read((tx) => tx.collections.artifactTypes(999_999_999)), [])
  })
}

function testMemberships({ store }: Context): void {
  it('live members are counted and listed newest first, tombstones only found', async () => {
    const collection = await store().transaction(insertCollection)
    const { id } = collection
    await store().transaction(async (tx) => {
      for (let index = 0; index < 5; index++) {
        const version = versionOf(id, index)
        await tx.versions.insert(version)
        const deleted = index === 2 || index === 4 ? { deletedAt: TIME, deletedBy: 3 } : {}
        await tx.memberships.insert(membershipOf(id, index, version.id, deleted))
      }
    })
    await store().read(async ({ memberships }) => {
      const list = async (before: number | null, limit: number) => {
        const members = await memberships.list({ collectionId: id, before, limit })
        return members.map(({ index }) => index)
      }
      assert.deepEqual(await list(null, 9), [3, 1, 0])
      assert.deepEqual(await list(null, 2), [3, 1])
      assert.deepEqual(await list(3, 9), [1, 0])
      assert.equal(await memberships.count(id), 3)
      assert.equal((await memberships.findNewest(id))?.index, 3)
      const tombstone = await memberships.find(id, 4)
      assert.deepEqual([tombstone?.deletedAt, tombstone?.deletedBy], [TIME, 3])
      assert.equal(await memberships.find(id, 5), undefined)
      const many = await memberships.findMany(id, [4, 0, 77])
      assert.deepEqual(new Set(many.map(({ index }) => index)), new Set([0, 4]))
      assert.equal(await memberships.findNewest('none'), undefined)
      assert.equal(await memberships.count('none'), 0)
    })
  })

  it('a member that was ended is a tombstone, ended once', async () => {
    const { id } = await store().transaction(insertCollection)
    const version = await store().transaction((tx) => insertVersion(tx, id, 0))
    const member = membershipOf(id, 0, version.id)
    const end = (time: number) => store().transaction((tx) => tx.memberships.end(member, 5, time))
    await end(TIME + 1)
    await assert.rejects(end(TIME + 2))
    await store().read(async ({ memberships }) => {
      const tombstone = { ...member, deletedAt: TIME + 1, deletedBy: 5 }
      assert.deepEqual(await memberships.find(id, 0), tombstone)
      assert.equal(await memberships.findNewest(id), undefined)
      assert.equal(await memberships.findByDigest(id, version.digest), undefined)
    })
  })

  it('an index is given once, and only to a version that is there', async () => {
    const { id } = await store().transaction(insertCollection)
    await store().transaction((tx) => insertVersion(tx, id, 0))
    const spare = versionOf(id, 1)
    await store().transaction((tx) => tx.versions.insert(spare))
    const insert = (index: number, versionId: string) =>
      store().transaction((tx) => tx.memberships.insert(membershipOf(id, index, versionId)))
    await assert.rejects(insert(0, spare.id))
    await assert.rejects(insert(1, 'none'))
    await insert(1, spare.id)
    await assert.rejects(insert(2, spare.id))
  })

  it('a version’s memberships are found in one collection and listed in all', async () => {
    const [one, two] = await store().transaction(async (tx) => [
      await insertCollection(tx),
      await insertCollection(tx),
    ])
    assert(one !== undefined && two !== undefined)
    const [a, b] = await store().transaction(async (tx) => {
      const a = await insertVersion(tx, one.id, 0)
      const b = await insertVersion(tx, one.id, 1)
      await tx.memberships.insert(membershipOf(two.id, 0, b.id))
      await tx.memberships.insert(membershipOf(two.id, 1, a.id, { deletedAt: TIME, deletedBy: 1 }))
      return [a, b]
    })
    await store().read(async ({ memberships }) => {
      assert.equal((await memberships.findByVersion(two.id, b.id))?.index, 0)
      assert.equal(await memberships.findByVersion(two.id, a.id), undefined)
      const live = await memberships.listByVersions([b.id, a.id, 'none'])
      const places = live.map(({ collectionId, index }) => [collectionId, index])
      assert.deepEqual(places, [
        [one.id, 0],
        [one.id, 1],
        [two.id, 0],
      ])
    })
  })
}

function testEqualContent({ store }: Context): void {
  it('equal content is the newest live member of the same kind, never a deleted one', async () => {
    const { id } = await store().transaction(insertCollection)
    const [value, kind] = [freshId('md5'), 'wandb']
    const content = { digest: versionOf(id, 0).digest, clientDigest: { kind, value } }
    await store().transaction(async (tx) => {
      await insertVersion(tx, id, 0, content)
      await insertVersion(tx, id, 1, content)
      const deleted = versionOf(id, 2, content)
      await tx.versions.insert(deleted)
      const tombstone = { deletedAt: TIME, deletedBy: 1 }
      await tx.memberships.insert(membershipOf(id, 2, deleted.id, tombstone))
      await insertVersion(tx, id, 3, { clientDigest: { kind: 'other', value } })
    })
    await store().read(async ({ memberships }) => {
      assert.equal((await memberships.findByDigest(id, content.digest))?.index, 1)
      assert.equal((await memberships.findByClientDigest(id, { kind, value }))?.index, 1)
      assert.equal((await memberships.findByClientDigest(id, { kind: 'other', value }))?.index, 3)
      assert.equal(await memberships.findByClientDigest(id, { kind: 'none', value }), undefined)
      assert.equal(await memberships.findByDigest('none', content.digest), undefined)
    })
  })
}

function testVersionRows({ store }: Context): void {
  it('a version comes back whole, by id and by ids', async () => {
    const version = await store().transaction(async (tx) => {
      const { id, ownerId } = await insertCollection(tx)
      return insertVersion(tx, id, 0, {
        clientDigest: { kind: 'wandb', value: 'abc' },
        state: 'quarantined',
        stateReason: 'a pickle',
        size: 2 ** 43,
        fileCount: 1_000_000,
        metadata: '{"accuracy":0.9,"text":"é \\u0000"}',
        description: 'the 😀 one',
        tags: ['a', 'b c'],
        ttlSeconds: -2,
        historyStep: 5,
        runId: (await insertRun(tx, ownerId)).id,
      })
    })
    await store().read(async (tx) => {
      assert.deepEqual(await tx.versions.findById(version.id), version)
      assert.equal(await tx.versions.findById('none'), undefined)
      assert.deepEqual(await tx.versions.findMany([version.id, 'none']), [version])
    })
  })

  it('update writes what can change and never the content', async () => {
    const version = await store().transaction(async (tx) => {
      const { id } = await insertCollection(tx)
      return insertVersion(tx, id, 0)
    })
    const changes = {
      state: 'deleted',
      stateReason: 'asked for',
      metadata: '{"a":1}',
      description: 'new',
      tags: ['x'],
      ttlSeconds: 60,
      updatedAt: TIME + 9,
      revision: 2,
    } as const
    const content = { digest: versionOf('c', 0).digest, size: 1, fileCount: 2, sourceIndex: 8 }
    await store().transaction((tx) => tx.versions.update({ ...version, ...content, ...changes }))
    const found = await store().read((tx) => tx.versions.findById(version.id))
    assert.deepEqual(found, { ...version, ...changes })
    await assert.rejects(
      store().transaction((tx) => tx.versions.update({ ...version, id: 'none' })),
    )
  })
}
