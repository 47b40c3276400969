import { RegistryError } from '../errors.ts'
import { MAX_ITEMS_PER_PAGE } from '../limits.ts'
import type { Actor } from '../model/actor.ts'
import type { EntityKind } from '../model/owner.ts'
import type { Role } from '../model/role.ts'
import type { Registry } from '../registry.ts'
import { recordFact } from './steps/facts.ts'
import {
  getPrincipal,
  keepPlace,
  lockPrincipals,
  type PlaceRef,
  type PrincipalRef,
  putMember,
} from './steps/places.ts'

export type { PlaceRef, PrincipalRef } from './steps/places.ts'

const KINDS: Readonly<Record<PlaceRef['kind'], readonly EntityKind[]>> = {
  team: ['user', 'service_account'],
  organization: ['user', 'service_account'],
  owner: ['user', 'service_account', 'team'],
}

/**
 * Makes somebody a member of a team, an organization, a project or a registry, or gives members
 * another role. Of projects and registries, teams can be members: then all who are in them are.
 *
 * Throws `not_found` (the place, or one of them), `owner_not_found`, `forbidden`, `request_invalid`
 * (a role that there is not in such a place), `too_large`.
 */
export async function setMember(
  registry: Registry,
  actor: Actor,
  input: {
    readonly place: PlaceRef
    readonly principals: readonly PrincipalRef[]
    readonly role: Role
    /** Who is a member already keeps the role that they have. */
    readonly onlyNew?: boolean
  },
): Promise<void> {
  const { role, principals } = input
  if (role === 'restricted_viewer' && input.place.kind !== 'owner')
    throw new RegistryError('request_invalid', 'Only registries and projects have this role.')
  if (principals.length > MAX_ITEMS_PER_PAGE)
    throw new RegistryError('too_large', `One call names at most ${MAX_ITEMS_PER_PAGE} members.`)
  return registry.metadata.transaction(async (tx) => {
    const found = await keepPlace(tx, actor, input.place, 'administer')
    const { place, organization, owner, told } = found
    const kinds = KINDS[found.kind]
    await lockPrincipals(tx, principals)
    for (const ref of principals) {
      // Whoever becomes a member of an organization comes from elsewhere.
      const from = found.kind === 'organization' ? null : organization
      const principal = await getPrincipal(tx, ref, kinds, from)
      const before = await tx.members.findRole(place, principal.id)
      if (before === role || (before !== undefined && input.onlyNew === true)) continue
      await putMember(registry, tx, place, principal.id, role)
      await recordFact(registry, tx, actor, {
        kind: 'member.set',
        ownerId: owner?.id ?? null,
        payload: { ...told, user: principal.name, from: before ?? null, role },
      })
    }
  })
}
