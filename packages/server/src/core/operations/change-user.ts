import { RegistryError } from '../errors.ts'
import { MAX_DISPLAY_NAME_CHARACTERS } from '../limits.ts'
import type { Actor, User } from '../model/actor.ts'
import type { Registry } from '../registry.ts'
import { checkAdministrator, lockAccount } from './steps/accounts.ts'
import { recordFact } from './steps/facts.ts'

/**
 * How a user or service account is shown, and (for administrators) who is one of them. What is left
 * out stays.
 *
 * Throws `forbidden`, `not_found`, `name_invalid`, `request_invalid` (to take one's own right to
 * administer; a service account is no administrator).
 */
export async function changeUser(
  registry: Registry,
  actor: Actor,
  input: {
    readonly username: string
    readonly displayName?: string
    readonly email?: string | null
    readonly admin?: boolean
  },
): Promise<User> {
  const { displayName, email, admin } = input
  if (admin !== undefined) checkAdministrator(actor)
  if ((displayName ?? '').length > MAX_DISPLAY_NAME_CHARACTERS)
    throw new RegistryError('name_invalid', 'The display name is too long.')
  return registry.metadata.transaction(async (tx) => {
    const before = await lockAccount(tx, actor, input.username)
    const isOwn = before.id === actor.userId
    if (admin !== undefined && admin !== before.admin && (isOwn || before.kind !== 'user'))
      throw new RegistryError(
        'request_invalid',
        'Only users are administrators, and nobody ends being one by themselves.',
      )
    const user: User = {
      ...before,
      displayName: displayName ?? before.displayName,
      email: email === undefined ? before.email : email,
      admin: admin ?? before.admin,
    }
    await tx.users.update(user)
    await recordFact(registry, tx, actor, {
      kind: 'user.changed',
      payload: { user: user.username, displayName: user.displayName, admin: user.admin },
    })
    return user
  })
}
