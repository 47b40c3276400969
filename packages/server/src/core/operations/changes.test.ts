import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { collectionOf } from '../../../test/builders.ts'
import { createTestDatabase, skipPostgres } from '../../../test/postgres.ts'
import { type TestApp, testApp } from '../../../test/test-app.ts'
import { openMetadataStore } from '../../metadata/open.ts'
import { describedEdition } from '../model/edition.ts'
import { changeOwner } from './change-owner.ts'
import { changeUser } from './change-user.ts'
import { createCollection } from './create-collection.ts'
import { createProject } from './create-project.ts'
import { createRegistry } from './create-registry.ts'
import { createUser } from './create-user.ts'
import { removeUser } from './remove-user.ts'

// What is read, changed and written back, by two connections at once: neither undoes the other.

const TRIALS = 10

async function postgresApp(t: TestContext): Promise<TestApp> {
  const metadata = await openMetadataStore({ url: await createTestDatabase() })
  t.after(() => metadata.close())
  return testApp(t, { metadata })
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

/** The codes of those that were refused. */
function refusalsOf(ends: readonly PromiseSettledResult<unknown>[]): readonly string[] {
  return ends.flatMap((end) => (end.status === 'rejected' ? [end.reason.code] : []))
}
