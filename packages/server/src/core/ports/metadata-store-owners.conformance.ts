import assert from 'node:assert/strict'
import { it } from 'node:test'
import type { Token, User } from '../model/actor.ts'
import type { Organization } from '../model/owner.ts'
import { DEFAULT_STAGES } from '../model/stage.ts'
import type { Tx } from './metadata-store.ts'
import {
  type Context,
  collectionOf,
  freshId,
  insertProject,
  rejectsWith,
  TIME,
} from './metadata-store-fixture.conformance.ts'

export function testOwners(context: Context): void {
  testSettings(context)
  testEntities(context)
  testUsers(context)
  testOwnerRows(context)
}

function testSettings({ store }: Context): void {
  it('a setting is put, found and put anew', async () => {
    const key = freshId('key')
    const found = await store().transaction(async (tx) => {
      const before = await tx.settings.find(key)
      await tx.settings.put(key, 'one')
      await tx.settings.put(key, 'two')
      return [before, await tx.settings.find(key)]
    })
    assert.deepEqual(found, [undefined, 'two'])
  })

  it('counters do not touch each other', async () => {
    const [user, again, owner] = await store().transaction(async (tx) => [
      await tx.settings.nextInteger('user'),
      await tx.settings.nextInteger('user'),
      await tx.settings.nextInteger('owner'),
    ])
    assert(user !== undefined && owner !== undefined)
    assert.equal(again, user + 1)
    assert.equal(await store().transaction((tx) => tx.settings.nextInteger('owner')), owner + 1)
  })
}

function testEntities({ store }: Context): void {
  it('an entity is found by name, in its case, and by id', async () => {
    const owner = await store().transaction(insertProject)
    const { entityName, entityId } = owner
    const [byName, byId, otherCase, none] = await store().read(async (tx) => [
      await tx.entities.find(entityName),
      await tx.entities.findById(entityId),
      await tx.entities.find(entityName.toUpperCase()),
      await tx.entities.findById(999_999_999),
    ])
    assert.deepEqual(byName, {
      id: entityId,
      name: entityName,
      kind: 'user',
      organizationId: 1,
      createdAt: TIME,
    })
    assert.deepEqual([byId, otherCase, none], [byName, undefined, undefined])
  })

  it('an entity’s name is taken once', async () => {
    const { entityName } = await store().transaction(insertProject)
    const twin = store().transaction(async (tx) =>
      tx.entities.insert({
        id: await tx.settings.nextInteger('entity'),
        name: entityName,
        kind: 'team',
        organizationId: 1,
        createdAt: TIME,
      }),
    )
    await rejectsWith(twin, 'already_exists')
  })

  it('organizations are found and listed with their entity’s name', async () => {
    const organization = await store().transaction(async (tx): Promise<Organization> => {
      const { entityId, entityName } = await insertProject(tx)
      const id = await tx.settings.nextInteger('organization')
      const made = { id, displayName: 'Acme', entityId, entityName, createdAt: TIME }
      await tx.entities.insertOrganization(made)
      return made
    })
    const [found, none, all] = await store().read(
      async (tx) =>
        [
          await tx.entities.findOrganization(organization.id),
          await tx.entities.findOrganization(999_999_999),
          await tx.entities.listOrganizations(),
        ] as const,
    )
    assert.deepEqual([found, none], [organization, undefined])
    assert.deepEqual(
      all.filter(({ id }) => id === organization.id),
      [organization],
    )
  })
}

export async function insertUser(tx: Tx): Promise<User> {
  const { entityId } = await insertProject(tx)
  const user: User = {
    id: await tx.settings.nextInteger('user'),
    kind: 'user',
    username: freshId('user'),
    displayName: 'Ann',
    email: null,
    admin: false,
    entityId,
    homeEntityId: entityId,
    createdAt: TIME,
    removedAt: null,
  }
  await tx.users.insert(user)
  return user
}

function tokenOf(userId: number): Token {
  const id = freshId('token')
  const shown = { name: 'laptop', prefix: 'hf_abc' }
  const ends = { expiresAt: null, revokedAt: null, lastUsedAt: null }
  const kept = { keyDigest: `digest-${id}`, scope: null, createdAt: TIME }
  return { id, userId, ...shown, ...kept, ...ends }
}

function testUsers({ store }: Context): void {
  it('users are found by name, id and ids, and listed in pages', async () => {
    const [ann, bob] = await store().transaction(async (tx) => [
      await insertUser(tx),
      await insertUser(tx),
    ])
    assert(ann !== undefined && bob !== undefined)
    await store().read(async (tx) => {
      assert.deepEqual(await tx.users.find(ann.username), ann)
      assert.deepEqual(await tx.users.findById(bob.id), bob)
      assert.equal(await tx.users.find('nobody'), undefined)
      const many = await tx.users.findMany([bob.id, 999_999_999, ann.id])
      assert.deepEqual(new Set(many.map(({ id }) => id)), new Set([ann.id, bob.id]))
      assert.deepEqual(await tx.users.findMany([]), [])
      const after = ann.id - 1
      const all = { kind: 'user', home: null } as const
      assert.deepEqual(await tx.users.list({ ...all, after, limit: 1 }), [ann])
      assert.deepEqual(await tx.users.list({ ...all, after, limit: 9 }), [ann, bob])
    })
  })

  it('an administrator stays one, a user’s name is taken once', async () => {
    const ann = await store().transaction(insertUser)
    const { entityId } = await store().transaction(insertProject)
    const twin = { ...ann, id: 999_999_998, entityId, admin: true, email: 'a@b.c' }
    await rejectsWith(
      store().transaction((tx) => tx.users.insert(twin)),
      'already_exists',
    )
    const admin = { ...twin, username: freshId('user') }
    await store().transaction((tx) => tx.users.insert(admin))
    assert.deepEqual(await store().read((tx) => tx.users.findById(admin.id)), admin)
    assert.deepEqual(await store().transaction((tx) => tx.users.lock(admin.id)), admin)
  })

  it('a token is found with its user, revoked or not', async () => {
    const ann = await store().transaction(insertUser)
    const token = tokenOf(ann.id)
    await store().transaction((tx) => tx.users.insertToken(token))
    const find = () => store().read((tx) => tx.users.findToken(token.keyDigest))
    assert.deepEqual(await find(), { token, user: ann })
    await store().transaction((tx) => tx.users.revokeToken(token.id, TIME + 1))
    await store().transaction((tx) => tx.users.revokeToken(token.id, TIME + 2))
    assert.deepEqual(await find(), { token: { ...token, revokedAt: TIME + 1 }, user: ann })
    assert.equal(await store().read((tx) => tx.users.findToken('unknown')), undefined)
  })

  it('tokens are listed by age, and no two have one key', async () => {
    const ann = await store().transaction(insertUser)
    const [older, newer] = [tokenOf(ann.id), { ...tokenOf(ann.id), createdAt: TIME + 5 }]
    await store().transaction(async (tx) => {
      await tx.users.insertToken(newer)
      await tx.users.insertToken(older)
    })
    assert.deepEqual(await store().read((tx) => tx.users.listTokens(ann.id)), [older, newer])
    const twin = { ...tokenOf(ann.id), keyDigest: older.keyDigest }
    await rejectsWith(
      store().transaction((tx) => tx.users.insertToken(twin)),
      'already_exists',
    )
  })
}

function testOwnerRows({ store }: Context): void {
  it('an owner is found by kind, entity and name, by id and by ids', async () => {
    const owner = await store().transaction(insertProject)
    await store().read(async (tx) => {
      assert.deepEqual(await tx.owners.find('project', owner.entityName, 'p'), owner)
      assert.equal(await tx.owners.find('registry', owner.entityName, 'p'), undefined)
      assert.equal(await tx.owners.find('project', owner.entityName, 'P'), undefined)
      assert.deepEqual(await tx.owners.findById(owner.id), owner)
      assert.deepEqual(await tx.owners.findMany([owner.id, 999_999_999]), [owner])
    })
  })

  it('owners are listed by id, of one entity or of all', async () => {
    const first = await store().transaction(insertProject)
    const second = await store().transaction(async (tx) => {
      const id = await tx.settings.nextInteger('owner')
      const owner = { ...first, id, name: 'q', description: 'the second' }
      await tx.owners.insert(owner)
      return owner
    })
    const other = await store().transaction(insertProject)
    const page = { kind: 'project', after: first.id - 1, limit: 9 } as const
    await store().read(async (tx) => {
      const { entityId } = first
      assert.deepEqual(await tx.owners.list({ ...page, entityId }), [first, second])
      assert.deepEqual(await tx.owners.list({ ...page, entityId, limit: 1 }), [first])
      assert.deepEqual(await tx.owners.list({ ...page, entityId, after: first.id }), [second])
      assert.deepEqual(await tx.owners.list({ ...page, entityId: null }), [first, second, other])
      assert.deepEqual(await tx.owners.list({ ...page, kind: 'registry', entityId }), [])
    })
  })

  it('an owner’s name is taken once in its entity and kind', async () => {
    const owner = await store().transaction(insertProject)
    const insertTwin = (rest: object) =>
      store().transaction(async (tx) =>
        tx.owners.insert({ ...owner, id: await tx.settings.nextInteger('owner'), ...rest }),
      )
    await rejectsWith(insertTwin({}), 'already_exists')
    await insertTwin({ kind: 'registry' })
  })

  it('an owner is renamed, unless the name is taken, and ended', async () => {
    const first = await store().transaction(insertProject)
    const second = await store().transaction(async (tx) => {
      const owner = { ...first, id: await tx.settings.nextInteger('owner'), name: 'q' }
      await tx.owners.insert(owner)
      return owner
    })
    const update = (changes: object) =>
      store().transaction((tx) => tx.owners.update({ ...second, ...changes }))
    await rejectsWith(update({ name: first.name }), 'already_exists')
    const types = { allowsAllTypes: false, artifactTypes: ['dataset', 'model'] }
    const renamed = { ...second, ...types, name: 'r', description: 'new', updatedAt: TIME + 1 }
    await update({ ...renamed, kind: 'registry', createdAt: 0 })
    const { entityId, entityName } = first
    const page = { kind: 'project', after: 0, limit: 9 } as const
    await store().read(async ({ owners }) => {
      assert.deepEqual(await owners.find('project', entityName, 'r'), renamed)
      assert.deepEqual(await owners.list({ ...page, entityId }), [first, renamed])
    })
    const keep = () => store().transaction(({ owners }) => owners.keep(first.id))
    const lock = () => store().transaction(({ owners }) => owners.lock(first.id))
    assert.deepEqual([await keep(), await lock()], [true, first])
    await store().transaction((tx) => tx.owners.end(first, TIME))
    assert.deepEqual([await keep(), await lock()], [false, undefined])
    await store().read(async ({ owners }) => {
      assert.equal(await owners.find('project', entityName, first.name), undefined)
      assert.deepEqual(await owners.findById(first.id), first)
      assert.deepEqual(await owners.list({ ...page, entityId }), [renamed])
    })
    await update({ name: first.name })
  })

  it('an owner ends before or after whoever keeps it, never between', async () => {
    for (let trial = 0; trial < 20; trial += 1) {
      const owner = await store().transaction(insertProject)
      const collection = collectionOf(owner.id)
      const page = { ownerId: owner.id, artifactType: null, after: '', limit: 9 } as const
      const [kept, seen] = await Promise.all([
        store().transaction(async (tx) => {
          const kept = await tx.owners.keep(owner.id)
          if (kept) await tx.collections.insert(collection)
          return kept
        }),
        store().transaction(async (tx) => {
          await tx.owners.end(owner, TIME)
          return (await tx.collections.list(page)).length
        }),
      ])
      assert.equal(seen, kept ? 1 : 0)
    }
  })

  it('stages are locked and replaced', async () => {
    const { id } = await store().transaction(insertProject)
    const [staging, ...others] = DEFAULT_STAGES
    assert(staging !== undefined)
    const after = await store().transaction(async ({ owners }) => {
      await owners.insertStages(id, DEFAULT_STAGES)
      assert.deepEqual(await owners.lockStages(id), DEFAULT_STAGES)
      await owners.replaceStages(id, [...others, { ...staging, position: 9, protected: true }])
      return owners.lockStages(id)
    })
    assert.deepEqual(after, [...others, { ...staging, position: 9, protected: true }])
  })

  it('who looks at stages while they are replaced sees all of them', async () => {
    const { id } = await store().transaction(insertProject)
    await store().transaction(({ owners }) => owners.insertStages(id, DEFAULT_STAGES))
    for (let trial = 0; trial < 20; trial += 1) {
      const seen = await Promise.all([
        store().transaction(async ({ owners }) => {
          const stages = await owners.lockStages(id)
          await owners.replaceStages(id, stages)
          // What the others wait for is not over at once.
          for (let more = 0; more < 5; more += 1) await owners.findById(id)
          return stages
        }),
        ...Array.from({ length: 3 }, () => store().transaction(({ owners }) => owners.stages(id))),
      ])
      for (const stages of seen) assert.deepEqual(stages, DEFAULT_STAGES)
    }
  })

  it('stages come back as declared, in order of position', async () => {
    const owner = await store().transaction(insertProject)
    const gate = {
      name: 'gate',
      position: 3,
      capacity: 4,
      protected: true,
      requires: ['staging', 'archived'],
      onSupersede: 'archived',
      clears: ['staging'],
      fallback: ['production', 'staging'],
    }
    const stages = [...DEFAULT_STAGES, gate]
    const inside = await store().transaction(async (tx) => {
      await tx.owners.insertStages(owner.id, stages.toReversed())
      return tx.owners.stages(owner.id)
    })
    assert.deepEqual(inside, stages)
    assert.deepEqual(await store().read((tx) => tx.owners.stages(owner.id)), stages)
    assert.deepEqual(await store().read((tx) => tx.owners.stages(999_999_999)), [])
  })
}
