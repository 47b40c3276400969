import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type Actor, NO_RIGHTS, type Rights, SYSTEM } from '../model/actor.ts'
import { EFFECTS, GRANT_VERBS, type Grant, type TokenScope, VERBS } from '../model/grant.ts'
import type { OwnerFacts } from '../model/member.ts'
import { ROLES, type Role } from '../model/role.ts'
import { type Action, isAllowed, isAllowedOnEntity, readableEntities } from './access.ts'

const ORGANIZATION = 1
const TEAM = 2
const OWNER = 10

function actorOf(rights: Partial<Rights> = {}, admin = false): Actor {
  const all = { ...NO_RIGHTS, ...rights }
  return { ...SYSTEM, userId: 7, username: 'ada', entityId: 70, admin, rights: all }
}

const PROJECT: OwnerFacts = {
  ...{ id: OWNER, kind: 'project', entityId: TEAM, entityName: 'vision', name: 'demo' },
  restricted: false,
}
const REGISTRY: OwnerFacts = {
  ...{ id: OWNER, kind: 'registry', entityId: ORGANIZATION, entityName: 'acme', name: 'model' },
  restricted: false,
}

function grantOf(rest: Partial<Grant>): Grant {
  return {
    ...{ id: 'g', ownerId: OWNER, principalId: 70, collection: '*', alias: '*' },
    ...{ verb: 'read', effect: 'allow', createdBy: 0, createdAt: 0, ...rest },
  }
}

function granted(...grants: readonly Partial<Grant>[]): Partial<Rights> {
  return { grants: new Map([[OWNER, grants.map(grantOf)]]) }
}

const C = { collection: 'classifier' }
const FREE = { ...C, alias: 'staging', isProtected: false }
const PROTECTED = { ...C, alias: 'production', isProtected: true }

/**
 * W&B's table of registry roles, <https://docs.wandb.ai/guides/registry/configure_registry>, by
 * what we call its lines; protected aliases are its registry admins' to move.
 */
const TABLE: readonly [string, Action, object, readonly Role[]][] = [
  ['view a collection, a linked artifact', 'read', C, ROLES],
  ['use or download an artifact', 'download', C, ['viewer', 'member', 'admin']],
  ['create a collection, link an artifact', 'write', C, ['member', 'admin']],
  ['edit cards and descriptions, tags', 'write', C, ['member', 'admin']],
  ['edit the name of a registry', 'write', {}, ['member', 'admin']],
  ['add or delete an alias', 'promote', FREE, ['member', 'admin']],
  ['add or delete a protected alias', 'promote', PROTECTED, ['admin']],
  ['delete a collection, unlink', 'write', C, ['member', 'admin']],
  ['add users, assign roles, visibility', 'administer', {}, ['admin']],
]

test('the table of roles, in a registry, a restricted registry and a project', () => {
  for (const owner of [REGISTRY, { ...REGISTRY, restricted: true }, PROJECT])
    for (const [line, action, within, roles] of TABLE)
      for (const role of [undefined, ...ROLES]) {
        const ownerRoles = new Map(role === undefined ? [] : [[OWNER, role]])
        const allowed = isAllowed(actorOf({ ownerRoles }), action, owner, within)
        assert.equal(allowed, role !== undefined && roles.includes(role), `${line}: ${role}`)
      }
})

test('where a role comes from', () => {
  const restricted = { ...PROJECT, restricted: true }
  const hidden = { ...REGISTRY, restricted: true }
  const cases: readonly [string, Partial<Rights>, OwnerFacts, readonly Action[]][] = [
    ['team member', entity(TEAM, 'member'), PROJECT, ['read', 'download', 'write']],
    ['team viewer', entity(TEAM, 'viewer'), PROJECT, ['read', 'download']],
    ['team admin', entity(TEAM, 'admin'), PROJECT, VERBS],
    ['member of another team', entity(3, 'admin'), PROJECT, []],
    ['team member, restricted project', entity(TEAM, 'member'), restricted, []],
    ['team admin, restricted project', entity(TEAM, 'admin'), restricted, VERBS],
    ['organization member', entity(ORGANIZATION, 'member'), REGISTRY, ['read', 'download']],
    ['organization viewer', entity(ORGANIZATION, 'viewer'), REGISTRY, ['read', 'download']],
    ['organization admin', entity(ORGANIZATION, 'admin'), REGISTRY, VERBS],
    ['organization member, restricted', entity(ORGANIZATION, 'member'), hidden, []],
    ['organization admin, restricted', entity(ORGANIZATION, 'admin'), hidden, VERBS],
    ['a team role says nothing of registries', entity(TEAM, 'admin'), REGISTRY, []],
  ]
  for (const [what, rights, owner, actions] of cases)
    for (const action of VERBS)
      assert.equal(
        isAllowed(actorOf(rights), action, owner),
        actions.includes(action),
        `${what}: ${action}`,
      )
})

function entity(id: number, role: Role): Partial<Rights> {
  return { entityRoles: new Map([[id, role]]) }
}

test('a CI account moves staging*, only release managers move production', () => {
  const ci = actorOf(granted({ verb: 'promote', alias: 'staging*' }))
  const manager = actorOf(granted({ verb: 'promote', alias: 'production' }))
  const move = (actor: Actor, alias: string, isProtected: boolean) =>
    isAllowed(actor, 'promote', REGISTRY, { ...C, alias, isProtected })
  assert.ok(move(ci, 'staging', true) && move(ci, 'staging-eu', false))
  assert.ok(!move(ci, 'production', true) && !move(ci, 'production', false))
  assert.ok(move(manager, 'production', true) && !move(manager, 'staging', false))
  // They see what they move, and change nothing else.
  assert.ok(isAllowed(ci, 'read', REGISTRY, C))
  for (const action of ['download', 'write', 'administer'] as const)
    assert.ok(!isAllowed(ci, action, REGISTRY, C), action)
})

test('deny beats a role and a grant, but not an administrator', () => {
  const deny = { effect: 'deny', verb: 'promote', alias: 'prod*' } as const
  const ownerRoles = new Map([[OWNER, 'admin' as const]])
  const denied = { ...granted({ verb: 'promote' }, deny), ownerRoles }
  assert.ok(!isAllowed(actorOf(denied), 'promote', REGISTRY, PROTECTED))
  assert.ok(isAllowed(actorOf(denied), 'promote', REGISTRY, FREE))
  assert.ok(isAllowed(actorOf(denied), 'administer', REGISTRY))
  assert.ok(isAllowed(actorOf(denied, true), 'promote', REGISTRY, PROTECTED))
  // Who may not see may nothing.
  const blind = actorOf({ ...granted({ effect: 'deny', verb: 'read' }), ownerRoles })
  for (const action of VERBS) assert.ok(!isAllowed(blind, action, REGISTRY), action)
})

test('a grant on some collections shows the owner, and of its collections those', () => {
  const actor = actorOf(granted({ verb: 'write', collection: 'churn*' }))
  assert.ok(isAllowed(actor, 'read', PROJECT))
  assert.ok(isAllowed(actor, 'write', PROJECT, { collection: 'churn-eu' }))
  assert.ok(!isAllowed(actor, 'read', PROJECT, C))
  assert.ok(!isAllowed(actor, 'write', PROJECT))
})

test('a limited token is good for its scope only, an administrator’s too', () => {
  const scope: TokenScope = {
    ...{ verbs: ['read', 'download'], owner: 'vision/*', collection: '*', alias: '*' },
  }
  for (const admin of [false, true]) {
    const actor = actorOf({ ...entity(TEAM, 'admin'), scope }, admin)
    assert.ok(isAllowed(actor, 'download', PROJECT, C))
    assert.ok(!isAllowed(actor, 'write', PROJECT, C))
    assert.ok(!isAllowed(actor, 'read', REGISTRY, C))
    assert.ok(!isAllowedOnEntity(actor, 'administer', TEAM))
    assert.deepEqual(readableEntities(actor), [])
  }
})

// ---------- properties ----------

const verb = fc.constantFrom(...GRANT_VERBS)
const pattern = fc.constantFrom('*', 'classifier', 'c*', '*x', 'production', 'staging*', 'prod*')
const grant = fc
  .record({
    verb,
    effect: fc.constantFrom(...EFFECTS),
    collection: pattern,
    alias: pattern,
  })
  .map(grantOf)
const role = fc.option(fc.constantFrom(...ROLES), { nil: undefined })
const scope = fc.record({
  verbs: fc.subarray([...VERBS], { minLength: 1 }),
  owner: fc.constantFrom('*', 'vision/*', 'registry/*', 'vision/demo', 'x'),
  collection: pattern,
  alias: pattern,
})
const question = fc.record({
  action: fc.constantFrom(...VERBS),
  owner: fc.constantFrom(PROJECT, REGISTRY, { ...PROJECT, restricted: true }),
  within: fc.constantFrom({}, C, FREE, PROTECTED),
})
const rights = fc.record({
  direct: role,
  inEntity: role,
  grants: fc.array(grant, { maxLength: 5 }),
  scope: fc.option(scope),
})
type Drawn = typeof rights extends fc.Arbitrary<infer Value> ? Value : never
type Asked = typeof question extends fc.Arbitrary<infer Value> ? Value : never

function may(drawn: Drawn, asked: Asked): boolean {
  const { direct, inEntity, grants } = drawn
  const actor = actorOf({
    ownerRoles: new Map(direct === undefined ? [] : [[OWNER, direct]]),
    entityRoles: new Map(inEntity === undefined ? [] : [[asked.owner.entityId, inEntity]]),
    grants: new Map([[OWNER, grants]]),
    scope: drawn.scope,
  })
  return isAllowed(actor, asked.action, asked.owner, asked.within)
}

test('nobody has a right that nothing gives', () => {
  fc.assert(
    fc.property(rights, question, (drawn, asked) => {
      const grants = drawn.grants.filter(({ effect }) => effect === 'deny')
      const nothing = { ...drawn, direct: undefined, inEntity: undefined, grants }
      assert.equal(may(nothing, asked), false)
    }),
  )
})

test('a denying grant on everything beats all the rest', () => {
  fc.assert(
    fc.property(rights, question, (drawn, asked) => {
      const deny = grantOf({ effect: 'deny', verb: 'read' })
      assert.equal(may({ ...drawn, grants: [...drawn.grants, deny] }, asked), false)
    }),
  )
})

test('fewer rights never give more', () => {
  fc.assert(
    fc.property(rights, question, grant, scope, role, (drawn, asked, more, narrower, lower) => {
      if (may(drawn, asked)) return
      const allowing = drawn.grants.filter(({ effect }) => effect === 'deny')
      const denying = [...drawn.grants, { ...more, effect: 'deny' as const }]
      const fewer: Drawn[] = [
        { ...drawn, grants: allowing },
        { ...drawn, grants: denying },
        { ...drawn, direct: lowest(drawn.direct, lower) },
        { ...drawn, inEntity: lowest(drawn.inEntity, lower) },
        ...(drawn.scope === null ? [{ ...drawn, scope: narrower }] : []),
        ...(drawn.scope === null
          ? []
          : [{ ...drawn, scope: { ...drawn.scope, verbs: drawn.scope.verbs.slice(0, 1) } }]),
      ]
      for (const less of fewer) assert.equal(may(less, asked), false)
    }),
    { numRuns: 2_000 },
  )
})

test('more rights never give less: the higher role may all that the lower may', () => {
  fc.assert(
    fc.property(rights, question, (drawn, asked) => {
      const scoped = { ...drawn, direct: 'viewer' as const }
      if (may(scoped, asked)) assert.ok(may({ ...drawn, direct: 'admin' }, asked))
    }),
  )
})

function lowest(one: Role | undefined, other: Role | undefined): Role | undefined {
  if (one === undefined || other === undefined) return undefined
  return ROLES.indexOf(one) < ROLES.indexOf(other) ? one : other
}
