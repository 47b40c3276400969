import { RegistryError } from '../errors.ts'
import type { Actor } from '../model/actor.ts'
import type { Registry } from '../registry.ts'
import { checkAdministrator } from './steps/accounts.ts'
import { recordFact } from './steps/facts.ts'

/** Ends a token at once; ending it again changes nothing. Throws `forbidden`, `not_found`. */
export async function revokeToken(
  registry: Registry,
  actor: Actor,
  input: { readonly username: string; readonly tokenId: string },
): Promise<void> {
  if (input.username !== actor.username) checkAdministrator(actor)
  return registry.metadata.transaction(async (tx) => {
    const user = await tx.users.find(input.username)
    const tokens = user === undefined ? [] : await tx.users.listTokens(user.id)
    const token = tokens.find(({ id }) => id === input.tokenId)
    if (token === undefined)
      throw new RegistryError('not_found', `User "${input.username}" has no such token.`)
    if (token.revokedAt !== null) return
    await tx.users.revokeToken(token.id, registry.now())
    await recordFact(registry, tx, actor, {
      kind: 'token.revoked',
      payload: { token: token.id, user: input.username },
    })
  })
}
