import { RegistryError } from '../errors.ts'
import type { Actor } from '../model/actor.ts'
import type { OwnerRef } from '../model/owner.ts'
import type { Registry } from '../registry.ts'
import { recordFact } from './steps/facts.ts'
import { getOwner } from './steps/owners.ts'

/** Takes a grant back. Throws `owner_not_found`, `forbidden`, `not_found`. */
export async function removeGrant(
  registry: Registry,
  actor: Actor,
  input: { readonly owner: OwnerRef; readonly grantId: string },
): Promise<void> {
  return registry.metadata.transaction(async (tx) => {
    const owner = await getOwner(tx, actor, input.owner, 'administer')
    const grant = await tx.grants.find(input.grantId)
    if (grant?.ownerId !== owner.id || !(await tx.grants.remove(grant.id)))
      throw new RegistryError('not_found', 'There is no such grant here.')
    const principal = await tx.entities.findById(grant.principalId)
    const { collection, alias, verb, effect } = grant
    await recordFact(registry, tx, actor, {
      kind: 'grant.removed',
      ownerId: owner.id,
      payload: { grant: grant.id, user: principal?.name, collection, alias, verb, effect },
    })
  })
}
