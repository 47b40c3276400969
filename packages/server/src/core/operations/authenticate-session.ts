import { isRegistryError, RegistryError } from '../errors.ts'
import { SESSION_TOUCH_SECONDS } from '../limits.ts'
import type { Actor } from '../model/actor.ts'
import type { PageSession } from '../model/page-session.ts'
import { digestOfKey } from '../model/token-key.ts'
import type { Registry } from '../registry.ts'
import { actorOfUser } from './steps/rights.ts'
import { endOfSession } from './steps/sessions.ts'

/**
 * Whose session is this? Notes about once an hour that it is in use.
 *
 * Throws `unauthenticated` for one that is unknown, ended or expired.
 */
export async function authenticateSession(
  registry: Registry,
  key: string,
): Promise<{ readonly actor: Actor; readonly session: PageSession }> {
  const digest = digestOfKey(key)
  const time = registry.now()
  const { session, actor } = await registry.metadata.read(async (tx) => {
    const found = await tx.signIns.findSession(digest)
    if (found === undefined || found.session.expiresAt < time || found.user.removedAt !== null)
      throw new RegistryError('unauthenticated', 'You are signed out. Sign in again.')
    return { session: found.session, actor: await actorOfUser(tx, found.user, null) }
  })
  if (time - session.usedAt > SESSION_TOUCH_SECONDS * 1_000_000) await touch(registry, session)
  return { actor, session }
}

async function touch(registry: Registry, { id, createdAt, keyDigest }: PageSession): Promise<void> {
  try {
    await registry.metadata.transaction(async (tx) => {
      if ((await tx.signIns.findSession(keyDigest)) === undefined) return
      const usedAt = registry.now()
      await tx.signIns.touchSession({ id, usedAt, expiresAt: endOfSession(createdAt, usedAt) })
    })
  } catch (error) {
    // Who only reads can go on while nothing can be written; the next request notes it.
    if (!isRegistryError(error, 'storage_full') && !isRegistryError(error, 'registry_unavailable'))
      throw error
  }
}
