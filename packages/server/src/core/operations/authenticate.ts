import type { Actor } from '../model/actor.ts'
import { digestOfKey } from '../model/token-key.ts'
import type { Registry } from '../registry.ts'
import { actorOfUser, checkTokenIsGood, unauthenticated } from './steps/rights.ts'

/**
 * Whose key is this, and what may they? Throws `unauthenticated` for one that is unknown, revoked
 * or expired, or whose user was removed.
 */
export async function authenticate(registry: Registry, key: string): Promise<Actor> {
  return registry.metadata.read(async (tx) => {
    const found = await tx.users.findToken(digestOfKey(key))
    if (found === undefined || found.user.removedAt !== null) throw unauthenticated()
    checkTokenIsGood(found.token, registry.now())
    return actorOfUser(tx, found.user, found.token)
  })
}
