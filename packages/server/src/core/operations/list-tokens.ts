import type { Actor, Token } from '../model/actor.ts'
import type { Registry } from '../registry.ts'
import { getAccount } from './steps/accounts.ts'

/**
 * The tokens of an account that is the actor's to manage, oldest first. Throws `forbidden`,
 * `not_found`.
 */
export async function listTokens(
  registry: Registry,
  actor: Actor,
  input: {
    readonly username: string
    /** Those that were revoked, too. */
    readonly revoked?: boolean
  },
): Promise<readonly Token[]> {
  return registry.metadata.read(async (tx) => {
    const account = await getAccount(tx, actor, input.username)
    const tokens = await tx.users.listTokens(account.id)
    return input.revoked === true ? tokens : tokens.filter(({ revokedAt }) => revokedAt === null)
  })
}
