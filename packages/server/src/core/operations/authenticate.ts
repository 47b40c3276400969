import { RegistryError } from '../errors.ts'
import type { Actor } from '../model/actor.ts'
import { digestOfKey } from '../model/token-key.ts'
import type { Registry } from '../registry.ts'

/** Whose key is this? Throws `unauthenticated` for one that is unknown or revoked. */
export async function authenticate(registry: Registry, key: string): Promise<Actor> {
  const found = await registry.metadata.read((tx) => tx.users.findToken(digestOfKey(key)))
  if (found === undefined || found.token.revokedAt !== null)
    throw new RegistryError(
      'unauthenticated',
      'This key is not known here, or was revoked. Ask an administrator for a new one.',
    )
  const { id, username, entityId, admin } = found.user
  return { userId: id, username, entityId, admin }
}
