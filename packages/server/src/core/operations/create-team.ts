import type { Actor } from '../model/actor.ts'
import { checkEntityName } from '../model/names.ts'
import type { Entity } from '../model/owner.ts'
import type { Registry } from '../registry.ts'
import { isAllowedOnEntity } from '../rules/access.ts'
import type { TeamView } from './list-teams.ts'
import { recordFact } from './steps/facts.ts'
import { forbidden } from './steps/owners.ts'
import {
  addMaker,
  concerning,
  getOrganization,
  getPrincipal,
  lockPrincipals,
  putMember,
} from './steps/places.ts'

/**
 * Makes a team of an organization. Its maker is its first admin, unless another is named, which is
 * for admins of the organization.
 *
 * Throws `not_found` (the organization, the admin), `forbidden`, `name_invalid`, `already_exists`,
 * `too_large`.
 */
export async function createTeam(
  registry: Registry,
  actor: Actor,
  input: {
    readonly name: string
    /** By its entity's name; the first one that the actor belongs to where none is named. */
    readonly organization?: string
    /** The username of its first admin. */
    readonly admin?: string
  },
): Promise<TeamView> {
  checkEntityName(input.name, registry.reservedNames)
  const { name, admin } = input
  const isForAnother = admin !== undefined && admin !== actor.username
  return registry.metadata.transaction(async (tx) => {
    const organization = await getOrganization(tx, input.organization, actor)
    const action = isForAnother ? 'administer' : 'write'
    if (!isAllowedOnEntity(actor, action, organization.entityId))
      throw forbidden(action, `the organization "${organization.entityName}"`)
    const id = await tx.settings.nextInteger('entity')
    const createdAt = registry.now()
    const organizationId = organization.id
    const team: Entity = { id, name, kind: 'team', organizationId, createdAt }
    await tx.entities.insert(team)
    const place = { kind: 'entity', id } as const
    if (isForAnother) {
      await lockPrincipals(tx, [{ name: admin }])
      const principal = await getPrincipal(tx, { name: admin }, ['user'], organization)
      await putMember(registry, tx, place, principal.id, 'admin')
    } else await addMaker(registry, tx, actor, place)
    await recordFact(registry, tx, actor, {
      kind: 'team.created',
      payload: {
        team: name,
        organization: organization.entityName,
        user: admin ?? actor.username,
        ...concerning(id, organization),
      },
    })
    return { team, organization }
  })
}
