import { RegistryError } from '../errors.ts'
import type { Actor } from '../model/actor.ts'
import type { Registry } from '../registry.ts'
import { checkAdministrator, endAccount, lockAccount } from './steps/accounts.ts'
import { recordFact } from './steps/facts.ts'

/**
 * Ends a user: their keys and sessions open nothing any more, no right names them. Their projects
 * stay, for administrators; their name stays taken.
 *
 * Throws `forbidden`, `not_found`, `request_invalid` (oneself: somebody must be left).
 */
export async function removeUser(
  registry: Registry,
  actor: Actor,
  input: { readonly username: string },
): Promise<void> {
  checkAdministrator(actor)
  return registry.metadata.transaction(async (tx) => {
    const user = await lockAccount(tx, actor, input.username)
    if (user.kind !== 'user')
      throw new RegistryError('not_found', `There is no user "${input.username}".`)
    if (user.id === actor.userId)
      throw new RegistryError('request_invalid', 'Nobody removes themselves: ask another.')
    await endAccount(registry, tx, user)
    await recordFact(registry, tx, actor, {
      kind: 'user.removed',
      payload: { user: user.username },
    })
  })
}
