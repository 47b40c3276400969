import type { Actor } from '../model/actor.ts'
import type { Entity, OwnerRef } from '../model/owner.ts'
import type { Role } from '../model/role.ts'
import type { Registry } from '../registry.ts'
import { type Action, type Decision, decide, isAdministrator } from '../rules/access.ts'
import { getPlace, getPrincipal } from './steps/places.ts'
import { actorOfUser } from './steps/rights.ts'

export interface AccessQuestion {
  readonly owner: OwnerRef
  /** A user's or service account's name. */
  readonly principal: string
  readonly verb: Action
  readonly collection: string | undefined
  readonly alias: string | undefined
}

export interface ExplainedAccess extends Decision {
  /** Of the alias: whether only admins, and whom a grant allows, may move it. Null without one. */
  readonly isProtected: boolean | null
  /** To whom the grant was given that decided: themselves, or a team of theirs. */
  readonly grantedTo: Entity | null
  /** Their role as a member here, by name or through a team. */
  readonly memberRole: Role | null
  /** Their role in the team, or in the organization, that this belongs to. */
  readonly entityRole: Role | null
}

/**
 * May they, with a key without limits, and what decides it? Asks the very function that decides,
 * with the rights of now. For admins of the project or registry. Throws `owner_not_found`,
 * `forbidden`, `not_found` (the principal).
 */
export async function explainAccess(
  registry: Registry,
  actor: Actor,
  { owner: ref, principal, verb, collection, alias }: AccessQuestion,
): Promise<ExplainedAccess> {
  return registry.metadata.read(async (tx) => {
    const place = { kind: 'owner', owner: ref } as const
    const { owner, organization } = await getPlace(tx, actor, place, 'administer')
    const among = isAdministrator(actor) ? null : organization
    const entity = await getPrincipal(tx, { name: principal }, ['user', 'service_account'], among)
    const user = await tx.users.find(entity.name)
    if (owner === null || user === undefined) throw new Error(`${entity.name} is nobody`)
    const asked = await actorOfUser(tx, user, null)
    const stages = alias === undefined ? [] : await tx.owners.stages(owner.id)
    const isProtected =
      alias === undefined ? null : stages.some((stage) => stage.name === alias && stage.protected)
    const decision = decide(asked, verb, owner, {
      ...(collection === undefined ? {} : { collection }),
      ...(alias === undefined ? {} : { alias }),
      ...(isProtected === null ? {} : { isProtected }),
    })
    const { ground } = decision
    return {
      ...decision,
      isProtected,
      grantedTo:
        ground.kind === 'grant'
          ? ((await tx.entities.findById(ground.grant.principalId)) ?? null)
          : null,
      memberRole: asked.rights.ownerRoles.get(owner.id) ?? null,
      entityRole: asked.rights.entityRoles.get(owner.entityId) ?? null,
    }
  })
}
