import { isRegistryError, RegistryError } from '../errors.ts'
import type { SignInCode } from '../model/page-session.ts'
import type { Registry } from '../registry.ts'
import { type BegunSession, beginSession, maySignIn } from './steps/sessions.ts'

/**
 * Begins a session of the page by a one-time code that was found to be ours. It is good once, until
 * its time is over or its user's password was changed after it was made.
 *
 * Throws `unauthenticated`.
 */
export async function signInByCode(registry: Registry, code: SignInCode): Promise<BegunSession> {
  return registry.metadata.transaction(async (tx) => {
    if (code.expiresAt < registry.now()) throw over()
    const user = await tx.users.lock(code.userId)
    const password = await tx.signIns.findPassword(code.userId)
    if (user === undefined || !maySignIn(user)) throw over()
    if ((password?.changedAt ?? 0) >= code.issuedAt) throw over()
    try {
      await tx.signIns.useCode(code.digest, code.expiresAt)
    } catch (error) {
      throw isRegistryError(error, 'already_exists') ? over() : error
    }
    return beginSession(registry, tx, user, 'code')
  })
}

function over(): RegistryError {
  return new RegistryError(
    'unauthenticated',
    'This sign-in link was used, or its time is over. An operator makes a new one with ' +
      '"greenroom sign-in-link".',
  )
}
