import type { Actor } from '../model/actor.ts'
import type { Entity, Organization } from '../model/owner.ts'
import type { Registry } from '../registry.ts'
import { isAllowedOnEntity, mayKnowOrganization } from '../rules/access.ts'

export interface EntityView {
  readonly entity: Entity
  readonly organization: Organization
}

/** A user's, team's or organization's entity that the actor may see, or undefined. */
export async function findEntity(
  registry: Registry,
  actor: Actor,
  input: { readonly name: string },
): Promise<EntityView | undefined> {
  return registry.metadata.read(async (tx) => {
    const entity = await tx.entities.find(input.name)
    if (entity === undefined) return undefined
    const visible =
      entity.kind === 'organization'
        ? mayKnowOrganization(actor, entity.organizationId)
        : isAllowedOnEntity(actor, 'read', entity.id)
    const organization = await tx.entities.findOrganization(entity.organizationId)
    return visible && organization !== undefined ? { entity, organization } : undefined
  })
}
