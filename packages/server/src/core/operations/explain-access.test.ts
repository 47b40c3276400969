import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testApp } from '../../../test/test-app.ts'
import { isRegistryError } from '../errors.ts'
import type { Effect, GrantVerb } from '../model/grant.ts'
import type { Role } from '../model/role.ts'
import { createGrant } from './create-grant.ts'
import { explainAccess } from './explain-access.ts'
import { setMember } from './set-member.ts'
import { setStages } from './set-stages.ts'

test('it says which role or grant decides, with the rights of now', async (t) => {
  const { registry, admin, user } = await testApp(t)
  const owner = { kind: 'registry', entityName: 'greenroom-org', name: 'model' } as const
  const stages = await registry.metadata.read(async (tx) => {
    const found = await tx.owners.find('registry', owner.entityName, owner.name)
    return tx.owners.stages(found?.id ?? 0)
  })
  await setStages(registry, admin, {
    owner,
    stages: stages.map((stage) => ({ ...stage, protected: stage.name === 'production' })),
  })
  const ask = async (principal: string, alias = 'production') => {
    const question = { owner, principal, verb: 'promote', collection: 'classifier', alias } as const
    const { allowed, ground, grantedTo, isProtected } = await explainAccess(
      registry,
      admin,
      question,
    )
    const why = ground.kind === 'role' ? [ground.role, ground.needed] : [grantedTo?.name]
    return [allowed, isProtected, ground.kind, ...why]
  }
  const join = (role: Role) =>
    setMember(registry, admin, {
      place: { kind: 'owner', owner },
      principals: [{ name: 'ada' }],
      role,
    })
  const grant = (effect: Effect, verb: GrantVerb) =>
    createGrant(registry, admin, {
      ...{ owner, principal: { name: 'ada' }, verb, effect, collection: 'class*', alias: 'pro*' },
    })

  assert.deepEqual(await ask('admin'), [true, true, 'administrator', undefined])
  assert.deepEqual(await ask('ada'), [false, true, 'role', 'viewer', 'admin'])
  await join('member')
  assert.deepEqual(await ask('ada'), [false, true, 'role', 'member', 'admin'])
  assert.deepEqual(await ask('ada', 'canary'), [true, false, 'role', 'member', 'member'])
  await grant('allow', 'promote')
  assert.deepEqual(await ask('ada'), [true, true, 'grant', 'ada'])
  await join('admin')
  assert.deepEqual(await ask('ada'), [true, true, 'role', 'admin', 'admin'])
  await grant('deny', 'read')
  assert.deepEqual(await ask('ada'), [false, true, 'grant', 'ada'])

  const question = { owner, verb: 'read', collection: undefined, alias: undefined } as const
  await assert.rejects(
    explainAccess(registry, admin, { ...question, principal: 'nobody' }),
    (error) => isRegistryError(error) && error.code === 'not_found',
  )
  await assert.rejects(
    explainAccess(registry, user, { ...question, principal: 'admin' }),
    (error) => isRegistryError(error) && error.code === 'forbidden',
  )
})
