import { RegistryError } from '../errors.ts'
import { MAX_GRANTS_PER_PRINCIPAL } from '../limits.ts'
import type { Actor } from '../model/actor.ts'
import { checkPattern, type Effect, type Grant, type GrantVerb } from '../model/grant.ts'
import type { Entity, OwnerRef } from '../model/owner.ts'
import type { Registry } from '../registry.ts'
import { recordFact } from './steps/facts.ts'
import { getPrincipal, keepPlace, lockPrincipals, type PrincipalRef } from './steps/places.ts'

export interface GrantView {
  readonly grant: Grant
  readonly principal: Entity
}

/**
 * Lets somebody do something in a project or registry that their role does not let them, or denies
 * it to them whatever their role. Patterns name collections and aliases; `*` stands for any
 * characters.
 *
 * Throws `owner_not_found`, `forbidden`, `not_found` (the principal), `request_invalid`,
 * `too_large`.
 */
export async function createGrant(
  registry: Registry,
  actor: Actor,
  input: {
    readonly owner: OwnerRef
    readonly principal: PrincipalRef
    readonly collection?: string
    readonly alias?: string
    readonly verb: GrantVerb
    readonly effect: Effect
  },
): Promise<GrantView> {
  const collection = checkPattern('collection', input.collection ?? '*')
  const alias = checkPattern('alias', input.alias ?? '*')
  const { verb, effect } = input
  return registry.metadata.transaction(async (tx) => {
    const place = { kind: 'owner', owner: input.owner } as const
    const { place: at, organization } = await keepPlace(tx, actor, place, 'administer')
    const kinds = ['user', 'team', 'service_account'] as const
    await lockPrincipals(tx, [input.principal])
    const principal = await getPrincipal(tx, input.principal, kinds, organization)
    if ((await tx.grants.count(principal.id)) >= MAX_GRANTS_PER_PRINCIPAL)
      throw new RegistryError(
        'too_large',
        `"${principal.name}" has ${MAX_GRANTS_PER_PRINCIPAL} grants. Use patterns, or a role.`,
      )
    const grant: Grant = {
      id: registry.newId(),
      ownerId: at.id,
      principalId: principal.id,
      ...{ collection, alias, verb, effect },
      createdBy: actor.userId,
      createdAt: registry.now(),
    }
    await tx.grants.insert(grant)
    await recordFact(registry, tx, actor, {
      kind: 'grant.created',
      ownerId: at.id,
      payload: { grant: grant.id, user: principal.name, collection, alias, verb, effect },
    })
    return { grant, principal }
  })
}
