import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { collectionOf } from '../../../test/builders.ts'
import { createTestDatabase, query, skipPostgres } from '../../../test/postgres.ts'
import { type TestApp, testApp } from '../../../test/test-app.ts'
import { openMetadataStore } from '../../metadata/open.ts'
import type { Actor } from '../model/actor.ts'
import { describedEdition, stagesEdition } from '../model/edition.ts'
import type { Registry } from '../registry.ts'
import { authenticate } from './authenticate.ts'
import { authenticateSession } from './authenticate-session.ts'
import { changeOwner } from './change-owner.ts'
import { changeUser } from './change-user.ts'
import { createCollection } from './create-collection.ts'
import { createGrant } from './create-grant.ts'
import { createProject } from './create-project.ts'
import { createRegistry } from './create-registry.ts'
import { createServiceAccount } from './create-service-account.ts'
import { createTeam } from './create-team.ts'
import { createToken } from './create-token.ts'
import { createUser } from './create-user.ts'
import { deleteOwner } from './delete-owner.ts'
import { listStages } from './list-stages.ts'
import { removeGrant } from './remove-grant.ts'
import { removeMember } from './remove-member.ts'
import { removeTeam } from './remove-team.ts'
import { removeUser } from './remove-user.ts'
import { revokeToken } from './revoke-token.ts'
import { setMember } from './set-member.ts'
import { setPassword } from './set-password.ts'
import { setStages } from './set-stages.ts'
import { signIn } from './sign-in.ts'
import { upsertRun } from './upsert-run.ts'

// What is read, changed and written back, by two connections at once: neither undoes the other.

const TRIALS = 10
const STAGE = {
  capacity: 1,
  protected: false,
  requires: [],
  onSupersede: null,
  clears: [],
  fallback: [],
}

async function postgresApp(t: TestContext): Promise<TestApp & { readonly database: string }> {
  const database = await createTestDatabase()
  const metadata = await openMetadataStore({ url: database })
  t.after(() => metadata.close())
  return { ...(await testApp(t, { metadata })), database }
}

test('changes of one project at once are all kept', { skip: skipPostgres }, async (t) => {
  const { registry, user } = await postgresApp(t)
  for (let trial = 0; trial < TRIALS; trial += 1) {
    const { owner } = collectionOf(user, 'any', `p${trial}`)
    const project = await createProject(registry, user, owner)
    const change = (changes: object) => changeOwner(registry, user, { owner, ...changes })
    await Promise.all([change({ restricted: true }), change({ description: 'new' })])
    const after = await registry.metadata.read(({ owners }) => owners.findById(project.id))
    assert.deepEqual([after?.restricted, after?.description], [true, 'new'])
    const expectEdition = after && describedEdition(after)
    const ends = await Promise.allSettled(
      ['one', 'other'].map((description) => change({ description, expectEdition })),
    )
    assert.equal(ends.filter(({ status }) => status === 'fulfilled').length, 1)
  }
})

test('who is removed stays removed', { skip: skipPostgres }, async (t) => {
  const { registry, admin } = await postgresApp(t)
  for (let trial = 0; trial < TRIALS; trial += 1) {
    const username = `user-${trial}`
    const { id } = await createUser(registry, admin, { username, admin: true })
    const displayName = 'Somebody'
    await Promise.allSettled([
      removeUser(registry, admin, { username }),
      changeUser(registry, admin, { username, displayName }),
    ])
    const after = await registry.metadata.read(({ users }) => users.findById(id))
    assert.deepEqual([after?.removedAt === null, after?.admin], [false, false])
  }
})

test('what two make at once is one’s own', { skip: skipPostgres }, async (t) => {
  const { registry, admin, user } = await postgresApp(t)
  const entityName = 'greenroom-org'
  for (let trial = 0; trial < TRIALS; trial += 1) {
    const name = `r${trial}`
    const owner = { kind: 'registry', entityName, name } as const
    const made = await Promise.allSettled(
      [admin, user].map((actor) => createRegistry(registry, actor, { entityName, name })),
    )
    assert.deepEqual(refusalsOf(made), ['already_exists'])
    const [maker] = await registry.metadata.read(async ({ members, owners }) => {
      const { id = 0 } = (await owners.find('registry', entityName, name)) ?? {}
      return members.list({ place: { kind: 'owner', id }, after: 0, limit: 9 })
    })
    const winner = made[0]?.status === 'fulfilled' ? admin : user
    assert.equal(maker?.principalName, winner.username)
    const collection = { owner, name: 'c' }
    const collections = await Promise.allSettled(
      ['model', 'dataset'].map((artifactType) =>
        createCollection(registry, admin, { collection, artifactType }),
      ),
    )
    assert.deepEqual(refusalsOf(collections), ['already_exists'])
  }
})

test('of administrators who end each other at once one is left', async (t) => {
  const { registry, admin } = await testApp(t)
  await endEachOther(registry, admin)
})

test('the same on PostgreSQL', { skip: skipPostgres }, async (t) => {
  const { registry, admin } = await postgresApp(t)
  await endEachOther(registry, admin)
})

async function endEachOther(registry: Registry, admin: Actor): Promise<void> {
  const demote = (actor: Actor, { username }: Actor) =>
    changeUser(registry, actor, { username, admin: false })
  const remove = (actor: Actor, { username }: Actor) => removeUser(registry, actor, { username })
  for (let trial = 0; trial < TRIALS; trial += 1) {
    const [one, other] = await Promise.all(
      ['one', 'other'].map((name) => makeUser(registry, admin, `${name}-${trial}`, true)),
    )
    assert(one !== undefined && other !== undefined)
    const ends = await Promise.allSettled([
      (trial % 2 === 0 ? demote : remove)(one, other),
      (trial % 3 === 0 ? remove : demote)(other, one),
    ])
    assert.deepEqual(refusalsOf(ends), ['forbidden'])
    const left = await registry.metadata.read(({ users }) =>
      users.findMany([one.userId, other.userId]),
    )
    assert.equal(left.filter((user) => user.admin).length, 1)
  }
}

test('what two end at once ends once', { skip: skipPostgres }, async (t) => {
  const { registry, admin, user, database } = await postgresApp(t)
  const { owner } = collectionOf(user)
  await createProject(registry, user, owner)
  for (let trial = 0; trial < 3; trial += 1) {
    const username = `user-${trial}`
    await createUser(registry, admin, { username, admin: false })
    const { token } = await createToken(registry, admin, { username, name: 'key' })
    const principal = { name: username }
    const { grant } = await createGrant(registry, user, {
      ...{ owner, principal, verb: 'write', effect: 'allow' },
    })
    const members = { place: { kind: 'owner', owner }, principals: [principal] } as const
    const ended = collectionOf(user, 'any', `p${trial}`)
    await createProject(registry, user, ended.owner)
    const team = await createTeam(registry, admin, { name: `team-${trial}` })
    const changes = [
      ['member.set', () => setMember(registry, user, { ...members, role: 'viewer' })],
      ['member.removed', () => removeMember(registry, user, members)],
      ['grant.removed', () => removeGrant(registry, user, { owner, grantId: grant.id })],
      ['token.revoked', () => revokeToken(registry, admin, { username, tokenId: token.id })],
      ['user.removed', () => removeUser(registry, admin, { username })],
      ['team.removed', () => removeTeam(registry, admin, { name: team.team.name })],
      ['owner.deleted', () => deleteOwner(registry, user, { ...ended, dropAliases: false })],
    ] as const
    for (const [kind, change] of changes) {
      const before = await countEvents(database, kind)
      await Promise.allSettled([change(), change(), change()])
      assert.equal(await countEvents(database, kind), before + 1, kind)
    }
  }
})

test('a team ends with nothing left in it', { skip: skipPostgres }, async (t) => {
  const { registry, admin, user } = await postgresApp(t)
  const { owner } = collectionOf(user)
  const { id } = await createProject(registry, user, owner)
  for (let trial = 0; trial < TRIALS; trial += 1) {
    const name = `team-${trial}`
    const { team } = await createTeam(registry, admin, { name })
    const principal = { name }
    const ends = await Promise.allSettled([
      removeTeam(registry, admin, { name }),
      createProject(registry, admin, { entityName: name, name: 'p' }),
      createServiceAccount(registry, admin, {
        ...{ name: `robot-${trial}`, home: { kind: 'team', name }, role: 'member' },
      }),
      setMember(registry, user, {
        ...{ place: { kind: 'owner', owner }, principals: [principal], role: 'viewer' },
      }),
      createGrant(registry, user, { owner, principal, verb: 'write', effect: 'allow' }),
      setMember(registry, admin, {
        ...{ place: { kind: 'team', name }, principals: [{ name: 'ada' }], role: 'viewer' },
      }),
    ])
    if (ends[0].status === 'rejected') continue
    const left = await registry.metadata.read(async (tx) => {
      const inside = { kind: 'project', entityId: team.id, after: 0, limit: 9 } as const
      const accounts = { kind: 'service_account', home: team.id, after: 0, limit: 9 } as const
      return [
        ...(await tx.owners.list(inside)).map(() => 'project'),
        ...(await tx.users.list(accounts)).map(() => 'service account'),
        await tx.members.findRole({ kind: 'owner', id }, team.id),
        await tx.members.findRole({ kind: 'entity', id: team.id }, user.entityId),
        ...(await tx.grants.listOfPrincipals([team.id])).map(() => 'grant'),
      ]
    })
    assert.deepEqual(left, [undefined, undefined])
  }
})

test('who leaves an organization is in none of its teams', { skip: skipPostgres }, async (t) => {
  const { registry, admin } = await postgresApp(t)
  const { team } = await createTeam(registry, admin, { name: 'crew' })
  const organization = { kind: 'organization', name: 'greenroom-org' } as const
  for (let trial = 0; trial < TRIALS; trial += 1) {
    const one = await makeUser(registry, admin, `user-${trial}`, false)
    const principals = [{ name: one.username }]
    const [left] = await Promise.allSettled([
      removeMember(registry, admin, { place: organization, principals }),
      setMember(registry, admin, {
        place: { kind: 'team', name: 'crew' },
        principals,
        role: 'viewer',
      }),
    ])
    assert.equal(left.status, 'fulfilled')
    const role = await registry.metadata.read(({ members }) =>
      members.findRole({ kind: 'entity', id: team.id }, one.entityId),
    )
    assert.equal(role, undefined)
  }
})

test('stages declared at once are one list or the other', { skip: skipPostgres }, async (t) => {
  const { registry, user } = await postgresApp(t)
  for (let trial = 0; trial < TRIALS; trial += 1) {
    const { owner } = collectionOf(user, 'any', `s${trial}`)
    await createProject(registry, user, owner)
    const { stages: none } = await setStages(registry, user, { owner, stages: [] })
    const expectEdition = stagesEdition(none)
    const declare = (name: string) =>
      setStages(registry, user, { owner, stages: [{ ...STAGE, name }], expectEdition })
    const ends = await Promise.allSettled(['one', 'other'].map(declare))
    assert.deepEqual(refusalsOf(ends), ['generation_mismatch'])
    const { stages } = await listStages(registry, user, { owner })
    assert.equal(stages.length, 1)
  }
})

test('a project ends with no run left in it', { skip: skipPostgres }, async (t) => {
  const { registry, user } = await postgresApp(t)
  for (let trial = 0; trial < TRIALS; trial += 1) {
    const { owner } = collectionOf(user, 'any', `r${trial}`)
    const { id } = await createProject(registry, user, owner)
    await Promise.allSettled([
      deleteOwner(registry, user, { owner, dropAliases: false }),
      upsertRun(registry, user, { owner, name: 'r', fields: {} }),
    ])
    const run = await registry.metadata.read(({ runs }) => runs.find(id, 'r'))
    assert.equal(run, undefined)
  }
})

test('nobody stays signed in by a password that was changed', { skip: skipPostgres }, async (t) => {
  const { registry: real, admin } = await postgresApp(t)
  // Hashes take no time here: the transactions meet.
  const passwords = {
    hash: async (text: string) => text,
    verify: async (hash: string | null, text: string) => hash === text,
  }
  const registry = { ...real, passwords }
  for (let trial = 0; trial < TRIALS; trial += 1) {
    const username = `user-${trial}`
    await createUser(registry, admin, { username, admin: false })
    const change = (password: string) =>
      setPassword(registry, admin, { username, password, current: null, session: null })
    await change('a first password')
    const [entered] = await Promise.allSettled([
      signIn(registry, { username, password: 'a first password' }),
      change('another password'),
    ])
    if (entered.status === 'rejected') continue
    await assert.rejects(authenticateSession(registry, entered.value.key))
  }
})

async function makeUser(
  registry: Registry,
  admin: Actor,
  username: string,
  isAdmin: boolean,
): Promise<Actor> {
  await createUser(registry, admin, { username, admin: isAdmin })
  const { key } = await createToken(registry, admin, { username, name: 'key' })
  return authenticate(registry, key)
}

/** Whether they have their places in the stream or not yet. */
async function countEvents(url: string, kind: string): Promise<number> {
  return (await query(url, `select id from event where kind = '${kind}'`)).length
}

/** The codes of those that were refused. */
function refusalsOf(ends: readonly PromiseSettledResult<unknown>[]): readonly string[] {
  return ends.flatMap((end) => (end.status === 'rejected' ? [end.reason.code] : []))
}
