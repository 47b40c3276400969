import { RegistryError } from '../../errors.ts'
import { MAX_DISPLAY_NAME_CHARACTERS } from '../../limits.ts'
import type { Actor, Token, User, UserKind } from '../../model/actor.ts'
import { checkScope, type TokenScope } from '../../model/grant.ts'
import { checkEntityName } from '../../model/names.ts'
import type { Organization } from '../../model/owner.ts'
import type { Role } from '../../model/role.ts'
import type { Micros } from '../../model/time.ts'
import { digestOfKey, isImportableKey, makeKey, prefixOfKey } from '../../model/token-key.ts'
import type { ReadTx, Registry, Tx } from '../../registry.ts'
import { isAdministrator, isAllowedOnEntity, isUnlimited } from '../../rules/access.ts'
import { recordFact } from './facts.ts'

/** Where an account is at home, and what it is there. */
export interface Home {
  readonly organization: Pick<Organization, 'id' | 'entityId'>
  /** A service account's team or organization; null for a user, who is at home with themselves. */
  readonly entityId: number | null
  readonly role: Role
}

/**
 * Inserts a user or service account with an entity of the same name: a user as a member of the
 * organization, a service account as one of its team or organization. Throws `name_invalid`,
 * `already_exists`.
 */
export async function insertUser(
  registry: Registry,
  tx: Tx,
  actor: Actor,
  fields: Pick<User, 'username' | 'displayName' | 'email' | 'admin'>,
  home: Home,
): Promise<User> {
  checkEntityName(fields.username, registry.reservedNames)
  if (fields.displayName.length > MAX_DISPLAY_NAME_CHARACTERS)
    throw new RegistryError('name_invalid', 'The display name is too long.')
  const kind: UserKind = home.entityId === null ? 'user' : 'service_account'
  if (home.entityId !== null && !(await tx.entities.keep(home.entityId))) throw homeGone()
  const time = registry.now()
  const entityId = await tx.settings.nextInteger('entity')
  await tx.entities.insert({
    id: entityId,
    name: fields.username,
    kind,
    organizationId: home.organization.id,
    createdAt: time,
  })
  const { username, displayName, email, admin } = fields
  const id = await tx.settings.nextInteger('user')
  const user: User = {
    id,
    kind,
    username,
    displayName,
    email,
    admin,
    entityId,
    homeEntityId: home.entityId ?? entityId,
    createdAt: time,
    removedAt: null,
  }
  await tx.users.insert(user)
  const place = { kind: 'entity', id: home.entityId ?? home.organization.entityId } as const
  await tx.members.put(place, entityId, home.role, time)
  await recordFact(registry, tx, actor, {
    kind: kind === 'user' ? 'user.created' : 'service_account.created',
    payload: { user: username, admin, role: home.role },
  })
  return user
}

/** It was there a moment ago. */
function homeGone(): RegistryError {
  return new RegistryError('not_found', 'The team of this account was removed a moment ago.')
}

export interface NewToken {
  readonly name: string
  /** An existing key to import. */
  readonly key?: string
  readonly scope?: TokenScope | null
  readonly expiresAt?: Micros | null
}

/**
 * Gives a user a key: a fresh one, or one that an administrator imports. Only its digest is stored.
 * Throws `request_invalid`, `already_exists`.
 */
export async function insertToken(
  registry: Registry,
  tx: Tx,
  actor: Actor,
  user: User,
  fields: NewToken,
): Promise<{ readonly token: Token; readonly key: string }> {
  if (fields.key !== undefined && !isImportableKey(fields.key))
    throw new RegistryError(
      'request_invalid',
      'A key has 40 to 200 letters, digits and "_", optionally after a prefix and one "-".',
    )
  const { scope = null, expiresAt = null } = fields
  if (expiresAt !== null && expiresAt <= registry.now())
    throw new RegistryError('request_invalid', 'A token cannot have expired before it is made.')
  const key = fields.key ?? makeKey(registry.randomHex(32))
  const keyDigest = digestOfKey(key)
  if ((await tx.users.findToken(keyDigest)) !== undefined)
    throw new RegistryError('already_exists', 'This key is in use. Import another one.')
  const token: Token = {
    id: registry.newId(),
    userId: user.id,
    name: fields.name,
    prefix: prefixOfKey(key),
    keyDigest,
    scope: scope === null ? null : checkScope(scope),
    createdAt: registry.now(),
    expiresAt,
    revokedAt: null,
    lastUsedAt: null,
  }
  await tx.users.insertToken(token)
  await recordFact(registry, tx, actor, {
    kind: 'token.created',
    payload: { token: token.id, user: user.username, name: fields.name, scope, expiresAt },
  })
  return { token, key }
}

/**
 * A user or service account whose tokens the actor may manage: their own, as an administrator
 * anybody's, and those of service accounts where they are an admin. Whether a name is nobody's or
 * somebody else's is told to administrators only. Throws `forbidden`, `not_found`.
 */
export async function getAccount(tx: ReadTx, actor: Actor, username: string): Promise<User> {
  const user = await tx.users.find(username)
  const isKnown = user !== undefined && user.removedAt === null
  if (!isKnown || !(await mayManage(tx, actor, user))) checkAdministrator(actor)
  if (isKnown) return user
  throw accountNotFound(username)
}

/**
 * The same account, locked until the end of the transaction together with the actor's own, in
 * ascending id. So of two administrators who end each other at once, the second is none any more.
 * Throws `forbidden`, `not_found`.
 */
export async function lockAccount(tx: Tx, actor: Actor, username: string): Promise<User> {
  const { id } = await getAccount(tx, actor, username)
  const locked = new Map<number, User | undefined>()
  for (const each of [...new Set([actor.userId, id])].sort((a, b) => a - b))
    locked.set(each, await tx.users.lock(each))
  const self = locked.get(actor.userId)
  if (actor.admin && self?.admin === false) throw administratorsOnly()
  const account = locked.get(id)
  if (account === undefined || account.removedAt !== null) throw accountNotFound(username)
  return account
}

export function accountNotFound(username: string): RegistryError {
  return new RegistryError('not_found', `There is no user or service account "${username}".`)
}

async function mayManage(tx: ReadTx, actor: Actor, user: User): Promise<boolean> {
  if (user.id === actor.userId) return isUnlimited(actor)
  if (user.kind !== 'service_account') return false
  const home = await tx.entities.findById(user.homeEntityId)
  const organization = home && (await tx.entities.findOrganization(home.organizationId))
  return [home?.id, organization?.entityId].some(
    (id) => id !== undefined && isAllowedOnEntity(actor, 'administer', id),
  )
}

/** Ends an account: nobody acts as it any more, and no right names it. Its name stays taken. */
export async function endAccount(registry: Registry, tx: Tx, user: User): Promise<void> {
  const time = registry.now()
  await tx.users.update({ ...user, admin: false, removedAt: time })
  await tx.entities.end(user.entityId, time)
  await tx.members.removePrincipal(user.entityId)
  await tx.grants.removePrincipal(user.entityId)
}

/** Throws `forbidden` unless the actor is an administrator. */
export function checkAdministrator(actor: Actor): void {
  if (!isAdministrator(actor)) throw administratorsOnly()
}

function administratorsOnly(): RegistryError {
  return new RegistryError(
    'forbidden',
    'Only an administrator may do this, with a token that is not limited. Ask one.',
  )
}
