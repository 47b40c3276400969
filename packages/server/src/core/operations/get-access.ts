import type { Actor } from '../model/actor.ts'
import type { TokenScope } from '../model/grant.ts'
import type { EntityRole } from '../model/member.ts'
import type { Owner } from '../model/owner.ts'
import type { Role } from '../model/role.ts'
import type { Registry } from '../registry.ts'

/** Where somebody may act, beside what is their own. */
export interface Access {
  /** Teams and organizations. */
  readonly places: readonly EntityRole[]
  /** Projects and registries that they or their teams are members of. */
  readonly owners: readonly { readonly owner: Owner; readonly role: Role }[]
  /** What the token is limited to. */
  readonly scope: TokenScope | null
}

/** The roles of the actor, and what their token is limited to. */
export async function getAccess(registry: Registry, actor: Actor): Promise<Access> {
  return registry.metadata.read(async (tx) => {
    const { ownerRoles, scope } = actor.rights
    const user = await tx.users.findById(actor.userId)
    const places = user === undefined ? [] : await tx.members.entityRoles(user.entityId)
    const owners = await tx.owners.findMany([...ownerRoles.keys()])
    return {
      places: places.toSorted((a, b) => a.entityId - b.entityId),
      owners: owners
        .toSorted((a, b) => a.id - b.id)
        .flatMap((owner) => {
          const role = ownerRoles.get(owner.id)
          return role === undefined ? [] : [{ owner, role }]
        }),
      scope,
    }
  })
}
