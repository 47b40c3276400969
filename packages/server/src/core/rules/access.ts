import type { Actor } from '../model/actor.ts'
import type { Grant, TokenScope, Verb } from '../model/grant.ts'
import type { OwnerFacts } from '../model/member.ts'
import { describeOwner } from '../model/owner.ts'
import { higherRole, isAtLeast, type Role } from '../model/role.ts'
import { fitsGlob } from './glob.ts'

/** What may be asked of an owner, or of what it holds. */
export type Action = Verb

/** Which part of the owner is meant; nothing named means the owner itself. */
export interface Within {
  readonly collection?: string
  /** With `promote`: the alias that moves. */
  readonly alias?: string
  readonly isProtected?: boolean
}

/** The least role that may do it in a registry or project, after W&B's table. */
const LEAST_ROLE: Readonly<Record<Action, Role>> = {
  read: 'restricted_viewer',
  download: 'viewer',
  write: 'member',
  promote: 'admin',
  administer: 'admin',
}

/** What decided. */
export type Ground =
  | { readonly kind: 'scope' | 'administrator' }
  | { readonly kind: 'grant'; readonly grant: Grant }
  /** The role that they have, and the least that it takes. */
  | { readonly kind: 'role'; readonly role: Role | undefined; readonly needed: Role }

export interface Decision {
  readonly allowed: boolean
  readonly ground: Ground
}

/** What `decide` decides. */
export function isAllowed(
  actor: Actor,
  action: Action,
  owner: OwnerFacts,
  within: Within = {},
): boolean {
  return decide(actor, action, owner, within).allowed
}

/**
 * The one function that decides, and says why. Default is no. A token's scope comes first: outside
 * of it nothing is allowed, whoever holds the token. An administrator may everything. For everybody
 * else a grant that denies beats whatever allows: a role, or a grant.
 */
export function decide(actor: Actor, action: Action, owner: OwnerFacts, within: Within): Decision {
  const { scope, grants } = actor.rights
  if (scope !== null && !isInScope(scope, action, owner, within))
    return { allowed: false, ground: { kind: 'scope' } }
  if (actor.admin) return { allowed: true, ground: { kind: 'administrator' } }
  const here = grants.get(owner.id) ?? []
  const denial = here.find((grant) => grant.effect === 'deny' && denies(grant, action, within))
  if (denial !== undefined) return { allowed: false, ground: { kind: 'grant', grant: denial } }
  const role = roleOn(actor, owner)
  const ground = { kind: 'role', role, needed: leastRole(action, within) } as const
  if (isAtLeast(role, ground.needed)) return { allowed: true, ground }
  const grant = here.find((one) => one.effect === 'allow' && allows(one, action, within))
  return grant === undefined
    ? { allowed: false, ground }
    : { allowed: true, ground: { kind: 'grant', grant } }
}

/**
 * The same for a team or organization (by its entity): `read` sees it, `write` makes projects,
 * teams or registries in it, `administer` decides who is a member.
 */
export function isAllowedOnEntity(actor: Actor, action: Action, entityId: number): boolean {
  if (action !== 'read' && !isUnlimited(actor)) return false
  if (actor.admin) return true
  return isAtLeast(actor.rights.entityRoles.get(entityId), leastRole(action, {}))
}

/** Organizations are seen from within. */
export function mayKnowOrganization(actor: Actor, organizationId: number): boolean {
  return actor.admin || actor.rights.organizationIds.includes(organizationId)
}

/** Whether the actor is an administrator and their token is good for that. */
export function isAdministrator(actor: Actor): boolean {
  return actor.admin && isUnlimited(actor)
}

/** Whether the token may be used for what concerns no owner: accounts, tokens, teams. */
export function isUnlimited(actor: Actor): boolean {
  const { scope } = actor.rights
  return (
    scope === null ||
    (scope.verbs.includes('administer') &&
      [scope.owner, scope.collection, scope.alias].every((pattern) => pattern === '*'))
  )
}

/**
 * The entities whose blobs count as present for the actor's uploads: those in which nothing at all
 * is kept from them. Where that is in doubt, they send the bytes.
 */
export function readableEntities(actor: Actor): readonly number[] | 'all' {
  const { scope, wholeEntities } = actor.rights
  if (scope !== null && !isWholeRead(scope)) return []
  return actor.admin ? 'all' : wholeEntities
}

/** Whether nothing in an entity is kept from the actor: what it holds is theirs to know. */
export function readsAllOf(actor: Actor, entityId: number): boolean {
  const entities = readableEntities(actor)
  return entities === 'all' || entities.includes(entityId)
}

/**
 * A registry's role comes from the registry; a project's from its team, too. The highest counts.
 */
export function roleOn(actor: Actor, owner: OwnerFacts): Role | undefined {
  const { entityRoles, ownerRoles } = actor.rights
  const direct = ownerRoles.get(owner.id)
  const inEntity = entityRoles.get(owner.entityId)
  if (inEntity === 'admin') return 'admin'
  if (owner.restricted || inEntity === undefined) return direct
  return higherRole(direct, owner.kind === 'registry' ? 'viewer' : inEntity)
}

function leastRole(action: Action, within: Within): Role {
  return LEAST_ROLE[action === 'promote' && within.isProtected === false ? 'write' : action]
}

/** What allows a verb allows what that needs: to write, one sees and reads. */
function covers(verb: Verb, action: Action, within: Within): boolean {
  switch (verb) {
    case 'read':
      return action === 'read'
    case 'download':
      return action === 'read' || action === 'download'
    case 'write':
      return (
        action === 'read' ||
        action === 'download' ||
        action === 'write' ||
        (action === 'promote' && within.isProtected === false)
      )
    case 'promote':
      return action === 'read' || action === 'promote'
    case 'administer':
      return true
  }
}

/** Who may see one collection sees the owner around it. */
function reaches(pattern: string, action: Action, within: Within): boolean {
  if (within.collection === undefined) return pattern === '*' || action === 'read'
  return fitsGlob(pattern, within.collection)
}

function allows(grant: Grant, action: Action, within: Within): boolean {
  return (
    covers(grant.verb, action, within) &&
    reaches(grant.collection, action, within) &&
    (within.alias === undefined || fitsGlob(grant.alias, within.alias))
  )
}

/** What is denied takes with it what needs it: nobody writes what they may not see. */
const NEEDS: Readonly<Record<Action, readonly Action[]>> = {
  read: ['read'],
  download: ['read', 'download'],
  write: ['read', 'download', 'write'],
  promote: ['read', 'promote'],
  administer: ['read', 'download', 'write', 'administer'],
}

function denies(grant: Grant, action: Action, within: Within): boolean {
  const isNeeded =
    NEEDS[action].includes(grant.verb) || (action === 'promote' && grant.verb === 'write')
  const isHere =
    within.collection === undefined
      ? grant.collection === '*'
      : fitsGlob(grant.collection, within.collection)
  const isThisAlias =
    within.alias === undefined ? grant.alias === '*' : fitsGlob(grant.alias, within.alias)
  return isNeeded && isHere && isThisAlias
}

function isInScope(scope: TokenScope, action: Action, owner: OwnerFacts, within: Within): boolean {
  return (
    scope.verbs.some((verb) => covers(verb, action, within)) &&
    fitsGlob(scope.owner, describeOwner(owner)) &&
    reaches(scope.collection, action, within) &&
    (within.alias === undefined || fitsGlob(scope.alias, within.alias))
  )
}

function isWholeRead(scope: TokenScope): boolean {
  return (
    scope.owner === '*' &&
    scope.collection === '*' &&
    scope.verbs.some((verb) => covers(verb, 'download', {}))
  )
}
