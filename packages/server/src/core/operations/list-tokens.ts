import { RegistryError } from '../errors.ts'
import type { Actor, Token } from '../model/actor.ts'
import type { Registry } from '../registry.ts'
import { checkAdministrator } from './steps/accounts.ts'

/** A user's tokens, one's own or as an administrator. Throws `forbidden`, `not_found`. */
export async function listTokens(
  registry: Registry,
  actor: Actor,
  input: { readonly username: string },
): Promise<readonly Token[]> {
  if (input.username !== actor.username) checkAdministrator(actor)
  return registry.metadata.read(async (tx) => {
    const user = await tx.users.find(input.username)
    if (user === undefined)
      throw new RegistryError('not_found', `There is no user "${input.username}".`)
    return tx.users.listTokens(user.id)
  })
}
