import assert from 'node:assert/strict'
import { it } from 'node:test'
import type { Grant } from '../model/grant.ts'
import type { Entity } from '../model/owner.ts'
import type { MetadataStore, Tx } from './metadata-store.ts'
import { type Context, freshId, insertProject, TIME } from './metadata-store-fixture.conformance.ts'

export function testAccess(context: Context): void {
  testMembers(context)
  testGrants(context)
  testEnds(context)
  testVersion(context)
}

async function insertEntity(tx: Tx, kind: Entity['kind']): Promise<Entity> {
  const id = await tx.settings.nextInteger('entity')
  const entity = { id, name: freshId(kind), kind, organizationId: 1, createdAt: TIME }
  await tx.entities.insert(entity)
  return entity
}

function testMembers({ store }: Context): void {
  it('a member has one role in a place, and leaves it', async () => {
    const seen = await store().transaction(async (tx) => {
      const place = { kind: 'entity', id: (await insertEntity(tx, 'team')).id } as const
      const { id } = await insertEntity(tx, 'user')
      const roles: unknown[] = [await tx.members.findRole(place, id)]
      for (const role of ['viewer', 'admin'] as const) {
        await tx.members.put(place, id, role, TIME)
        roles.push(await tx.members.findRole(place, id))
      }
      roles.push(await tx.members.count('entity', id), await tx.members.count('owner', id))
      await tx.members.remove(place, id)
      await tx.members.remove(place, id)
      return [...roles, await tx.members.findRole(place, id)]
    })
    assert.deepEqual(seen, [undefined, 'viewer', 'admin', 1, 0, undefined])
  })

  it('members of a place come in pages, with their names', async () => {
    const [place, entities] = await store().transaction(async (tx) => {
      const place = { kind: 'owner', id: (await insertProject(tx)).id } as const
      const entities = [await insertEntity(tx, 'team'), await insertEntity(tx, 'user')]
      for (const { id } of entities) await tx.members.put(place, id, 'member', TIME)
      // The same number of another kind is another place.
      await tx.members.put({ kind: 'entity', id: place.id }, entities[0]?.id ?? 0, 'admin', TIME)
      return [place, entities] as const
    })
    await store().read(async (tx) => {
      const all = await tx.members.list({ place, after: 0, limit: 9 })
      assert.deepEqual(
        all,
        entities.map(({ id, name, kind }) => ({
          ...{ principalId: id, principalName: name, principalKind: kind, user: null },
          ...{ role: 'member', createdAt: TIME },
        })),
      )
      const [first] = all
      const rest = await tx.members.list({ place, after: first?.principalId ?? 0, limit: 9 })
      assert.deepEqual(rest, all.slice(1))
      assert.deepEqual(await tx.members.list({ place, after: 0, limit: 1 }), all.slice(0, 1))
    })
  })

  it('all roles of a principal are found, and whether a place hides projects', async () => {
    const { user, project } = await store().transaction(async (tx) => {
      const project = await insertProject(tx)
      const user = await insertEntity(tx, 'user')
      await tx.members.put({ kind: 'entity', id: project.entityId }, user.id, 'viewer', TIME)
      await tx.members.put({ kind: 'owner', id: project.id }, user.id, 'admin', TIME)
      return { user, project }
    })
    const roles = (at: MetadataStore) =>
      at.read(async (tx) => [
        await tx.members.entityRoles(user.id),
        await tx.members.ownerRoles([user.id, 999_999_999]),
      ])
    const inEntity = {
      ...{ entityId: project.entityId, entityName: project.entityName, entityKind: 'user' },
      ...{ organizationId: 1, role: 'viewer' },
    }
    const onOwner = [{ ownerId: project.id, role: 'admin' }]
    assert.deepEqual(await roles(store()), [[{ ...inEntity, hidesProjects: false }], onOwner])
    await store().transaction((tx) => tx.owners.update({ ...project, restricted: true }))
    assert.deepEqual(await roles(store()), [[{ ...inEntity, hidesProjects: true }], onOwner])
    assert.equal((await store().read((tx) => tx.owners.findById(project.id)))?.restricted, true)
    await store().transaction((tx) => tx.owners.end(project, TIME))
    assert.deepEqual(await roles(store()), [[{ ...inEntity, hidesProjects: false }], onOwner])
    await store().transaction((tx) => tx.members.removePrincipal(user.id))
    assert.deepEqual(await roles(store()), [[], []])
  })
}

function testGrants({ store }: Context): void {
  it('grants are found by owner and by principal, and taken back', async () => {
    const grants = await store().transaction(async (tx) => {
      const owners = [await insertProject(tx), await insertProject(tx)]
      const team = await insertEntity(tx, 'team')
      const made: Grant[] = []
      for (const { id: ownerId } of [...owners, ...owners.slice(0, 1)]) {
        const rest = { collection: 'c*', alias: '*', verb: 'write', effect: 'deny' } as const
        const id = freshId('grant')
        made.push({ id, ownerId, principalId: team.id, ...rest, createdBy: 1, createdAt: TIME })
      }
      for (const grant of made) await tx.grants.insert(grant)
      return made
    })
    const [a, b, c] = grants
    assert(a !== undefined && b !== undefined && c !== undefined)
    const page = { ownerId: a.ownerId, after: '', limit: 9 }
    await store().read(async (tx) => {
      assert.deepEqual(await tx.grants.list(page), [a, c])
      assert.deepEqual(await tx.grants.list({ ...page, after: a.id }), [c])
      assert.deepEqual(await tx.grants.list({ ...page, limit: 1 }), [a])
      assert.deepEqual(await tx.grants.find(b.id), b)
      const all = await tx.grants.listOfPrincipals([a.principalId, 999_999_999])
      assert.deepEqual(new Set(all.map(({ id }) => id)), new Set([a.id, b.id, c.id]))
      assert.equal(await tx.grants.count(a.principalId), 3)
    })
    const left = await store().transaction(async (tx) => {
      assert.deepEqual([await tx.grants.remove(a.id), await tx.grants.remove(a.id)], [true, false])
      const counts = [await tx.grants.count(a.principalId)]
      await tx.grants.removeAllOf(a.ownerId)
      counts.push(await tx.grants.count(a.principalId))
      await tx.grants.removePrincipal(a.principalId)
      return [...counts, await tx.grants.count(a.principalId)]
    })
    assert.deepEqual(left, [2, 1, 0])
  })
}

function testEnds({ store }: Context): void {
  it('an entity that has ended is found by its id alone, and keeps its name', async () => {
    const team = await store().transaction((tx) => insertEntity(tx, 'team'))
    const page = { kind: 'team', after: team.id - 1, limit: 1 } as const
    const look = () =>
      store().read(async (tx) => [
        await tx.entities.find(team.name),
        await tx.entities.findById(team.id),
        ...(await tx.entities.list({ ...page, organizationId: 1 })),
        ...(await tx.entities.list({ ...page, organizationId: null })),
      ])
    const hold = () =>
      store().transaction(async ({ entities }) => [
        await entities.lock(team.id),
        await entities.keep(team.id),
      ])
    assert.deepEqual([await look(), await hold()], [Array(4).fill(team), [true, true]])
    await store().transaction((tx) => tx.entities.end(team.id, TIME))
    assert.deepEqual(await hold(), [false, false])
    assert.deepEqual(await look(), [undefined, team])
    await assert.rejects(store().transaction((tx) => tx.entities.insert({ ...team, id: -1 })))
  })

  it('a service account is at home where it is, and ends', async () => {
    const [home, account] = await store().transaction(async (tx) => {
      const home = await insertEntity(tx, 'team')
      const own = await insertEntity(tx, 'service_account')
      const account = {
        ...{ id: await tx.settings.nextInteger('user'), kind: 'service_account' as const },
        ...{ username: own.name, displayName: 'CI', email: null, admin: false },
        ...{ entityId: own.id, homeEntityId: home.id, createdAt: TIME, removedAt: null },
      }
      await tx.users.insert(account)
      return [home, account] as const
    })
    const page = { kind: 'service_account', home: home.id, after: 0, limit: 9 } as const
    await store().read(async (tx) => {
      assert.deepEqual(await tx.users.list(page), [account])
      assert.deepEqual(await tx.users.list({ ...page, kind: 'user' }), [])
    })
    const ended = { ...account, displayName: 'Old', removedAt: TIME }
    await store().transaction((tx) => tx.users.update(ended))
    await store().read(async (tx) => {
      assert.deepEqual(await tx.users.list(page), [])
      assert.deepEqual(await tx.users.findById(account.id), ended)
    })
  })
}

function testVersion({ store }: Context): void {
  it('rightsVersion() moves with a change of rights, and with nothing else', async () => {
    const user = await store().transaction((tx) => insertEntity(tx, 'user'))
    const before = store().rightsVersion()
    await store().transaction((tx) => insertEntity(tx, 'user'))
    assert.equal(store().rightsVersion(), before)
    const place = { kind: 'entity', id: user.id } as const
    await store().transaction((tx) => tx.members.put(place, user.id, 'admin', TIME))
    assert.notEqual(store().rightsVersion(), before)
  })
}
