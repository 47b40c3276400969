import { RegistryError } from '../errors.ts'
import type { Actor, Token } from '../model/actor.ts'
import type { Registry } from '../registry.ts'
import { checkAdministrator, insertToken } from './steps/accounts.ts'

export interface CreatedToken {
  readonly token: Token
  /** The key itself: told this once, never again. */
  readonly key: string
}

/**
 * Gives a user a fresh key; an administrator may import an existing one, so that a team that moves
 * keeps the keys that its jobs have.
 *
 * Throws `forbidden`, `not_found`, `request_invalid`, `already_exists`.
 */
export async function createToken(
  registry: Registry,
  actor: Actor,
  input: { readonly username: string; readonly name: string; readonly key?: string },
): Promise<CreatedToken> {
  if (input.key !== undefined || input.username !== actor.username) checkAdministrator(actor)
  return registry.metadata.transaction(async (tx) => {
    const user = await tx.users.find(input.username)
    if (user === undefined)
      throw new RegistryError('not_found', `There is no user "${input.username}".`)
    const { name, key } = input
    return insertToken(registry, tx, actor, user, key === undefined ? { name } : { name, key })
  })
}
