import { RegistryError } from '../errors.ts'
import type { Actor } from '../model/actor.ts'
import type { Registry } from '../registry.ts'
import { endAccount, lockAccount } from './steps/accounts.ts'
import { recordFact } from './steps/facts.ts'

/**
 * Ends a service account and its tokens; its name stays taken. Throws `forbidden`, `not_found`.
 */
export async function removeServiceAccount(
  registry: Registry,
  actor: Actor,
  input: { readonly name: string },
): Promise<void> {
  return registry.metadata.transaction(async (tx) => {
    const account = await lockAccount(tx, actor, input.name)
    if (account.kind !== 'service_account')
      throw new RegistryError('not_found', `"${input.name}" is no service account.`)
    await endAccount(registry, tx, account)
    await recordFact(registry, tx, actor, {
      kind: 'service_account.removed',
      payload: { user: account.username },
    })
  })
}
