import assert from 'node:assert/strict'
import { test } from 'node:test'
import { addVersion, collectionOf } from '../../../test/builders.ts'
import { testApp } from '../../../test/test-app.ts'
import { isRegistryError } from '../errors.ts'
import { DEFAULT_STAGES } from '../model/stage.ts'
import { authenticate } from './authenticate.ts'
import { createGrant } from './create-grant.ts'
import { createToken } from './create-token.ts'
import { createUser } from './create-user.ts'
import { promote } from './promote.ts'
import { recordTokenUse } from './record-token-use.ts'
import { removeGrant } from './remove-grant.ts'
import { revokeToken } from './revoke-token.ts'
import { setMember } from './set-member.ts'
import { setStages } from './set-stages.ts'

test('a protected alias is moved by rights as they are, not as they were', async (t) => {
  const { registry, admin, user } = await testApp(t)
  const collection = collectionOf(user)
  const { owner } = collection
  await addVersion(registry, user, { files: { w: 'one' } })
  const stages = DEFAULT_STAGES.map((stage) => ({ ...stage, protected: true }))
  await setStages(registry, user, { owner, stages })
  await createUser(registry, admin, { username: 'bob', admin: false })
  const place = { kind: 'owner', owner } as const
  const principals = [{ name: 'bob' }]
  await setMember(registry, user, { place, principals, role: 'viewer' })
  const made = await createToken(registry, admin, { username: 'bob', name: 'key' })
  const grant = { owner, principal: { name: 'bob' }, verb: 'promote', effect: 'allow' } as const
  const selector = { kind: 'index', index: 0 } as const
  const move = (actor: typeof user, alias: string) =>
    promote(registry, actor, { collection, alias, selector })

  const { grant: given } = await createGrant(registry, user, grant)
  const bob = await authenticate(registry, made.key)
  await move(bob, 'staging')
  await removeGrant(registry, user, { owner, grantId: given.id })
  // These rights were read while the grant was there.
  await assert.rejects(move(bob, 'production'), (error) =>
    isRegistryError(error, 'alias_protected'),
  )
  await createGrant(registry, user, grant)
  await move(bob, 'production')
  await revokeToken(registry, admin, { username: 'bob', tokenId: made.token.id })
  await assert.rejects(move(bob, 'archived'), (error) => isRegistryError(error, 'unauthenticated'))
})

test('equal rights have equal standing, and every change of them another', async (t) => {
  const { registry, admin, user } = await testApp(t)
  const { key } = await createToken(registry, admin, { username: 'ada', name: 'other' })
  const standing = async () => (await authenticate(registry, key)).standing
  const before = await standing()
  assert.equal(before, user.standing)
  const owner = { kind: 'registry', entityName: 'greenroom-org', name: 'model' } as const
  const principal = { name: 'ada' }
  const asMember = { place: { kind: 'owner', owner }, principals: [principal] } as const
  await setMember(registry, admin, { ...asMember, role: 'member' })
  const member = await standing()
  await createGrant(registry, admin, { owner, principal, verb: 'read', effect: 'deny' })
  const denied = await standing()
  const scope = { verbs: ['read'], owner: '*', collection: '*', alias: '*' } as const
  const limited = await createToken(registry, admin, { username: 'ada', name: 'less', scope })
  const less = (await authenticate(registry, limited.key)).standing
  assert.equal(new Set([before, member, denied, less]).size, 4)
})

test('the last use of a token is written once an hour', async (t) => {
  const { registry, admin } = await testApp(t)
  const { token } = await createToken(registry, admin, { username: 'ada', name: 'x' })
  const lastUse = async () =>
    (await registry.metadata.read((tx) => tx.users.findTokenById(token.id)))?.lastUsedAt
  const HOUR = 3_600_000_000
  assert.equal(await lastUse(), null)
  await recordTokenUse(registry, { tokenId: token.id, time: HOUR })
  await recordTokenUse(registry, { tokenId: token.id, time: 2 * HOUR - 1 })
  assert.equal(await lastUse(), HOUR)
  await recordTokenUse(registry, { tokenId: token.id, time: 2 * HOUR })
  assert.equal(await lastUse(), 2 * HOUR)
  await recordTokenUse(registry, { tokenId: 'none', time: 0 })
})
