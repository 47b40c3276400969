import { RegistryError } from '../../errors.ts'
import type { Actor, Rights, Token, User } from '../../model/actor.ts'
import { digestOf } from '../../model/digest.ts'
import type { Grant, TokenScope } from '../../model/grant.ts'
import type { EntityRole } from '../../model/member.ts'
import { higherRole, isAtLeast, type Role } from '../../model/role.ts'
import type { Micros } from '../../model/time.ts'
import type { ReadTx, Registry } from '../../registry.ts'

/** Whoever proved to be this user, with all that decides what they may now. */
export async function actorOfUser(
  tx: ReadTx,
  user: User,
  proof: Pick<Token, 'id' | 'scope'> | null,
): Promise<Actor> {
  const rights = await readRights(tx, user, proof?.scope ?? null)
  const { id, username, homeEntityId, admin } = user
  const told = [admin, homeEntityId, ...Object.values(rights).map(listed)]
  return {
    userId: id,
    username,
    entityId: homeEntityId,
    admin,
    rights,
    tokenId: proof?.id ?? null,
    standing: `${id} ${digestOf(JSON.stringify(told)).slice('sha256:'.length)}`,
  }
}

/**
 * The same actor as they are now, for a decision that must not be seconds old. Throws
 * `unauthenticated` when the token or the user has ended meanwhile.
 */
export async function actorAsOfNow(registry: Registry, tx: ReadTx, actor: Actor): Promise<Actor> {
  if (actor.userId === 0) return actor
  const user = await tx.users.findById(actor.userId)
  const token = actor.tokenId === null ? null : await tx.users.findTokenById(actor.tokenId)
  if (user === undefined || user.removedAt !== null || token === undefined) throw unauthenticated()
  if (token !== null) checkTokenIsGood(token, registry.now())
  return actorOfUser(tx, user, token)
}

/** Throws `unauthenticated` for a token that was revoked or has expired. */
export function checkTokenIsGood(token: Token, now: Micros): void {
  if (token.revokedAt !== null || (token.expiresAt !== null && token.expiresAt <= now))
    throw unauthenticated()
}

export function unauthenticated(): RegistryError {
  return new RegistryError(
    'unauthenticated',
    'This key is not known here, has expired or was revoked. Ask an administrator for a new one.',
  )
}

async function readRights(tx: ReadTx, user: User, scope: TokenScope | null): Promise<Rights> {
  const places = await tx.members.entityRoles(user.entityId)
  const teams = places.filter(({ entityKind }) => entityKind === 'team')
  const principals = [user.entityId, ...teams.map(({ entityId }) => entityId)]
  const grants = await tx.grants.listOfPrincipals(principals)
  const ownerRoles = new Map<number, Role>()
  for (const { ownerId, role } of await tx.members.ownerRoles(principals))
    ownerRoles.set(ownerId, higherRole(role, ownerRoles.get(ownerId)) ?? role)
  const entityRoles = new Map(places.map(({ entityId, role }) => [entityId, role]))
  if (user.kind === 'user') entityRoles.set(user.entityId, 'admin')
  return {
    entityRoles,
    ownerRoles,
    grants: Map.groupBy(grants, ({ ownerId }) => ownerId),
    wholeEntities: wholeEntities(user, teams, grants),
    organizationIds: [...new Set(places.map(({ organizationId }) => organizationId))],
    scope,
  }
}

/** Where nothing is kept from them. A grant that denies reading leaves only what is their own. */
function wholeEntities(
  user: User,
  teams: readonly EntityRole[],
  grants: readonly Grant[],
): readonly number[] {
  const isDenied = grants.some(
    ({ effect, verb }) => effect === 'deny' && (verb === 'read' || verb === 'download'),
  )
  const whole = teams.filter(
    ({ role, hidesProjects }) => !isDenied && isAtLeast(role, hidesProjects ? 'admin' : 'viewer'),
  )
  return [user.entityId, ...whole.map(({ entityId }) => entityId)]
}

/** In an order of its own, so that equal rights are equal texts. */
function listed(right: Rights[keyof Rights]): unknown {
  return right instanceof Map ? [...right].sort(([a], [b]) => a - b) : right
}
