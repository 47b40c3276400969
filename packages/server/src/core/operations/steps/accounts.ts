import { RegistryError } from '../../errors.ts'
import { MAX_DISPLAY_NAME_CHARACTERS } from '../../limits.ts'
import type { Actor, Token, User } from '../../model/actor.ts'
import { checkEntityName } from '../../model/names.ts'
import { digestOfKey, isImportableKey, makeKey, prefixOfKey } from '../../model/token-key.ts'
import type { Registry, Tx } from '../../registry.ts'
import { recordFact } from './facts.ts'

/** Inserts a user with an entity of the same name. Throws `name_invalid`, `already_exists`. */
export async function insertUser(
  registry: Registry,
  tx: Tx,
  actor: Actor,
  fields: Pick<User, 'username' | 'displayName' | 'email' | 'admin'> & {
    readonly organizationId: number
  },
): Promise<User> {
  checkEntityName(fields.username, registry.reservedNames)
  if (fields.displayName.length > MAX_DISPLAY_NAME_CHARACTERS)
    throw new RegistryError('name_invalid', 'The display name is too long.')
  if ((await tx.entities.find(fields.username)) !== undefined)
    throw new RegistryError(
      'already_exists',
      `The name "${fields.username}" is taken. Choose another.`,
      { name: fields.username },
    )
  const time = registry.now()
  const entityId = await tx.settings.nextInteger('entity')
  await tx.entities.insert({
    id: entityId,
    name: fields.username,
    kind: 'user',
    organizationId: fields.organizationId,
    createdAt: time,
  })
  const { username, displayName, email, admin } = fields
  const id = await tx.settings.nextInteger('user')
  const user: User = { id, username, displayName, email, admin, entityId, createdAt: time }
  await tx.users.insert(user)
  await recordFact(registry, tx, actor, {
    kind: 'user.created',
    payload: { user: username, admin },
  })
  return user
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
  fields: { readonly name: string; readonly key?: string },
): Promise<{ readonly token: Token; readonly key: string }> {
  if (fields.key !== undefined && !isImportableKey(fields.key))
    throw new RegistryError(
      'request_invalid',
      'A key has 40 to 200 letters, digits and "_", optionally after a prefix and one "-".',
    )
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
    createdAt: registry.now(),
    revokedAt: null,
  }
  await tx.users.insertToken(token)
  await recordFact(registry, tx, actor, {
    kind: 'token.created',
    payload: { token: token.id, user: user.username, name: fields.name },
  })
  return { token, key }
}

/** Throws `forbidden` unless the actor is an administrator. */
export function checkAdministrator(actor: Actor): void {
  if (!actor.admin)
    throw new RegistryError('forbidden', 'Only an administrator may do this. Ask one.')
}
