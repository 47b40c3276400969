import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testApp } from '../../../test/test-app.ts'
import { authenticate } from './authenticate.ts'
import { createTeam } from './create-team.ts'
import { createToken } from './create-token.ts'
import { createUser } from './create-user.ts'
import { findPeople } from './find-people.ts'
import { searchPeople } from './search-people.ts'

test('people are found by a part of their name, whoever bears it whole first', async (t) => {
  const { registry, admin, user } = await testApp(t)
  for (const username of ['Adam', 'Zada', 'ad'])
    await createUser(registry, admin, { username, admin: false, email: `${username}@ada.example` })
  const find = async (actor: typeof admin, text: string, limit = 10) => {
    const people = await searchPeople(registry, actor, { text, limit })
    return people.map((person) => [person.user.username, person.user.email])
  }
  assert.deepEqual(await find(user, 'ADA'), [
    ['ada', null],
    ['Adam', null],
    ['Zada', null],
  ])
  assert.deepEqual(await find(user, 'ad', 2), [
    ['ad', null],
    ['admin', null],
  ])
  assert.deepEqual(await find(user, 'Zada@ada.example'), [], 'emails are not theirs to look for')
  assert.deepEqual(await find(admin, 'Zada@ada.example'), [['Zada', 'Zada@ada.example']])
  const limited = await createToken(registry, user, {
    ...{ username: 'ada', name: 'limited' },
    scope: { verbs: ['read'], owner: '*', collection: '*', alias: '*' },
  })
  await assert.rejects(find(await authenticate(registry, limited.key), 'ad'), { code: 'forbidden' })
})

test('a team is told to its members, and to whoever may see it', async (t) => {
  const { registry, admin, user } = await testApp(t)
  await createTeam(registry, admin, { name: 'Vision' })
  const teams = async (actor: typeof admin) => {
    const found = await findPeople(registry, actor, { usernames: ['admin', 'nobody', 'admin'] })
    assert.deepEqual([...found.keys()], ['admin'])
    return found.get('admin')?.teams.map(({ name }) => name)
  }
  assert.deepEqual(await teams(admin), ['Vision'])
  assert.deepEqual(await teams(user), [])
})
