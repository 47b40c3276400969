import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { collectionOf } from '../../../test/builders.ts'
import { createTestDatabase, skipPostgres } from '../../../test/postgres.ts'
import { type TestApp, testApp } from '../../../test/test-app.ts'
import { openMetadataStore } from '../../metadata/open.ts'
import { describedEdition } from '../model/edition.ts'
import { changeOwner } from './change-owner.ts'
import { changeUser } from './change-user.ts'
import { createProject } from './create-project.ts'
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
