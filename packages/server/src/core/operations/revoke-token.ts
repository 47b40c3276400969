import { RegistryError } from '../errors.ts'
import type { Actor } from '../model/actor.ts'
import type { Registry } from '../registry.ts'
import { lockAccount } from './steps/accounts.ts'
import { recordFact } from './steps/facts.ts'

/** Ends a token at once; ending it again changes nothing. Throws `forbidden`, `not_found`. */
export async function revokeToken(
  registry: Registry,
  actor: Actor,
  input: { readonly username: string; readonly tokenId: string },
): Promise<void> {
  return registry.metadata.transaction(async (tx) => {
    const user = await lockAccount(tx, actor, input.username)
    const token = await tx.users.findTokenById(input.tokenId)
    if (token?.userId !== user.id)
      throw new RegistryError('not_found', `"${input.username}" has no such token.`)
    if (token.revokedAt !== null) return
    await tx.users.revokeToken(token.id, registry.now())
    await recordFact(registry, tx, actor, {
      kind: 'token.revoked',
      payload: { token: token.id, user: input.username },
    })
  })
}
