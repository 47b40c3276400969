import type { Actor } from '../model/actor.ts'
import type { Registry } from '../registry.ts'
import { mayKnowOrganization } from '../rules/access.ts'
import type { EntityView } from './find-entity.ts'

/** An organization by the name that people see, with its own entity, or undefined. */
export function findOrganization(
  registry: Registry,
  actor: Actor,
  input: { readonly displayName: string },
): Promise<EntityView | undefined> {
  return registry.metadata.read(async (tx) => {
    const organizations = await tx.entities.listOrganizations()
    const organization = organizations.find(
      ({ id, displayName }) => displayName === input.displayName && mayKnowOrganization(actor, id),
    )
    const entity =
      organization === undefined ? undefined : await tx.entities.findById(organization.entityId)
    return organization === undefined || entity === undefined ? undefined : { entity, organization }
  })
}
