import { RegistryError } from '../errors.ts'
import type { Actor } from '../model/actor.ts'
import type { Organization } from '../model/owner.ts'
import type { Registry } from '../registry.ts'
import { checkDisplayName } from './create-organization.ts'
import { recordFact } from './steps/facts.ts'
import { concerning, getPlace } from './steps/places.ts'

/**
 * Shows an organization under another name; its entity's stays. Throws `not_found`, `forbidden`,
 * `name_invalid`, `already_exists`.
 */
export async function changeOrganization(
  registry: Registry,
  actor: Actor,
  input: { readonly name: string; readonly displayName: string },
): Promise<Organization> {
  const { name, displayName } = input
  checkDisplayName(displayName, name)
  return registry.metadata.transaction(async (tx) => {
    const place = { kind: 'organization', name } as const
    const { organization: before } = await getPlace(tx, actor, place, 'administer')
    const all = await tx.entities.listOrganizations()
    if (all.some((each) => each.displayName === displayName && each.id !== before.id))
      throw new RegistryError('already_exists', `The name "${displayName}" is taken.`)
    const organization = { ...before, displayName }
    await tx.entities.updateOrganization(organization)
    await recordFact(registry, tx, actor, {
      kind: 'organization.changed',
      payload: {
        organization: name,
        from: before.displayName,
        displayName,
        ...concerning(before.entityId, before),
      },
    })
    return organization
  })
}
