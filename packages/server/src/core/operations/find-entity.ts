import type { Actor } from '../model/actor.ts'
import type { Entity, Organization } from '../model/owner.ts'
import type { ReadTx, Registry } from '../registry.ts'
import { isAllowed, isAllowedOnEntity, mayKnowOrganization } from '../rules/access.ts'

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
    const organization = entity && (await tx.entities.findOrganization(entity.organizationId))
    if (entity === undefined || organization === undefined) return undefined
    const isVisible = await maySee(tx, actor, entity, organization)
    return isVisible ? { entity, organization } : undefined
  })
}

/** Who sees a project sees whose it is; an organization's admins see its teams. */
async function maySee(
  tx: ReadTx,
  actor: Actor,
  entity: Entity,
  organization: Organization,
): Promise<boolean> {
  if (entity.kind === 'organization') return mayKnowOrganization(actor, organization.id)
  if (isAllowedOnEntity(actor, 'read', entity.id)) return true
  if (entity.kind === 'team' && isAllowedOnEntity(actor, 'administer', organization.entityId))
    return true
  const { ownerRoles, grants } = actor.rights
  const owners = await tx.owners.findMany([...new Set([...ownerRoles.keys(), ...grants.keys()])])
  return owners.some((owner) => owner.entityId === entity.id && isAllowed(actor, 'read', owner))
}
