import { RegistryError } from '../errors.ts'
import type { Actor } from '../model/actor.ts'
import type { PageSession } from '../model/page-session.ts'
import type { Registry } from '../registry.ts'
import { isUnlimited } from '../rules/access.ts'
import { checkAdministrator } from './steps/accounts.ts'
import { recordFact } from './steps/facts.ts'
import { type BegunSession, beginSession, checkPassword, maySignIn } from './steps/sessions.ts'

export interface NewPassword {
  readonly username: string
  readonly password: string
  /** One's own password until now; not needed for the first one, nor right after a sign-in link. */
  readonly current: string | null
  /** The session that asks, if one does. */
  readonly session: PageSession | null
}

/**
 * Sets a password, one's own or as an administrator anybody's. All sessions of that user end; the
 * one that asked for its own gets another in its place.
 *
 * Throws `forbidden`, `not_found`, `request_invalid`, `rate_limited`.
 */
export async function setPassword(
  registry: Registry,
  actor: Actor,
  input: NewPassword,
): Promise<BegunSession | null> {
  const isOwn = input.username === actor.username
  if (!isOwn) checkAdministrator(actor)
  // A session may do all that its user may: a limited token must not get itself one.
  else if (!isUnlimited(actor))
    throw new RegistryError('forbidden', 'A limited token sets no password. Use the page.')
  checkPassword(input.password)
  const known = await registry.metadata.read(async (tx) => {
    const user = await tx.users.find(input.username)
    return user && { user, password: await tx.signIns.findPassword(user.id) }
  })
  if (known === undefined || !maySignIn(known.user))
    throw new RegistryError('not_found', `There is no user "${input.username}".`)
  const before = known.password?.hash
  if (isOwn && before !== undefined && input.session?.byCode !== true) {
    const isRight = await registry.passwords.verify(before, input.current ?? '')
    if (!isRight)
      throw new RegistryError('forbidden', 'Give your current password too; this is not it.')
  }
  const hash = await registry.passwords.hash(input.password)
  return registry.metadata.transaction(async (tx) => {
    // Whoever signs in at this moment does so before, and is out, or by the new password.
    await tx.users.lock(known.user.id)
    if ((await tx.signIns.findPassword(known.user.id))?.hash !== before)
      throw new RegistryError('forbidden', 'The password was changed a moment ago. Look again.')
    await tx.signIns.putPassword({ userId: known.user.id, hash, changedAt: registry.now() })
    await tx.signIns.endSessionsOf(known.user.id)
    await recordFact(registry, tx, actor, {
      kind: 'password.changed',
      payload: { user: known.user.username },
    })
    const again = isOwn && input.session !== null
    return again ? beginSession(registry, tx, known.user, 'password') : null
  })
}
