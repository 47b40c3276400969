import { RegistryError } from '../errors.ts'
import type { Actor, Token, User } from '../model/actor.ts'
import type { Entity, Organization } from '../model/owner.ts'
import type { Registry } from '../registry.ts'

export interface Viewer {
  readonly user: User
  readonly entity: Entity
  readonly organization: Organization
  readonly tokens: readonly Token[]
  readonly hasPassword: boolean
}

/** Who am I? Throws `unauthenticated` when the user is gone. */
export async function getViewer(registry: Registry, actor: Pick<Actor, 'userId'>): Promise<Viewer> {
  return registry.metadata.read(async (tx) => {
    const user = await tx.users.findById(actor.userId)
    const entity = user === undefined ? undefined : await tx.entities.findById(user.homeEntityId)
    const organization =
      entity === undefined ? undefined : await tx.entities.findOrganization(entity.organizationId)
    if (user === undefined || entity === undefined || organization === undefined)
      throw new RegistryError('unauthenticated', 'This user is gone.')
    const hasPassword = (await tx.signIns.findPassword(user.id)) !== undefined
    const tokens = (await tx.users.listTokens(user.id)).filter((each) => each.revokedAt === null)
    return { user, entity, organization, tokens, hasPassword }
  })
}
