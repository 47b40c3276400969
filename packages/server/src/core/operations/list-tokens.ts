import type { Actor, Token } from '../model/actor.ts'
import type { Registry } from '../registry.ts'
import { getAccount } from './steps/accounts.ts'

/** The tokens of an account that is the actor's to manage. Throws `forbidden`, `not_found`. */
export async function listTokens(
  registry: Registry,
  actor: Actor,
  input: { readonly username: string },
): Promise<readonly Token[]> {
  return registry.metadata.read(async (tx) =>
    tx.users.listTokens((await getAccount(tx, actor, input.username)).id),
  )
}
