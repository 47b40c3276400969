import type { Actor } from '../model/actor.ts'
import type { Entity, Organization } from '../model/owner.ts'
import { checkPageSize, type Page, pageOf } from '../model/page.ts'
import type { Registry } from '../registry.ts'
import { isAllowedOnEntity } from '../rules/access.ts'
import { getOrganization } from './steps/places.ts'

export interface TeamView {
  readonly team: Entity
  readonly organization: Organization
}

/**
 * Teams of an organization in order of id: all of them for its admins, for others their own. Throws
 * `not_found` (the organization), `request_invalid`.
 */
export async function listTeams(
  registry: Registry,
  actor: Actor,
  input: {
    /** By its entity's name; the first one that the actor belongs to where none is named. */
    readonly organization?: string
    readonly after: number
    readonly limit: number
  },
): Promise<Page<TeamView, number>> {
  checkPageSize(input.limit)
  const { after, limit } = input
  return registry.metadata.read(async (tx) => {
    const organization = await getOrganization(tx, input.organization, actor)
    const organizationId = organization.id
    const seesAll = isAllowedOnEntity(actor, 'administer', organization.entityId)
    const own = [...actor.rights.entityRoles.keys()].filter((id) => id > after)
    const rows = seesAll
      ? await tx.entities.list({ kind: 'team', organizationId, after, limit: limit + 1 })
      : (await tx.entities.findMany(own))
          .filter((each) => each.kind === 'team' && each.organizationId === organizationId)
          .sort((a, b) => a.id - b.id)
    const page = pageOf(rows.slice(0, limit + 1), limit, ({ id }) => id)
    return { ...page, items: page.items.map((team) => ({ team, organization })) }
  })
}
