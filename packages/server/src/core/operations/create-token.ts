import type { Actor, Token } from '../model/actor.ts'
import type { Registry } from '../registry.ts'
import { checkAdministrator, getAccount, insertToken, type NewToken } from './steps/accounts.ts'

export interface CreatedToken {
  readonly token: Token
  /** The key itself: told this once, never again. */
  readonly key: string
}

/**
 * Gives a user or service account a fresh key; an administrator may import an existing one, so that
 * a team that moves keeps the keys that its jobs have.
 *
 * Throws `forbidden`, `not_found`, `request_invalid`, `already_exists`.
 */
export async function createToken(
  registry: Registry,
  actor: Actor,
  input: NewToken & { readonly username: string },
): Promise<CreatedToken> {
  if (input.key !== undefined) checkAdministrator(actor)
  return registry.metadata.transaction(async (tx) =>
    insertToken(registry, tx, actor, await getAccount(tx, actor, input.username), input),
  )
}
