import type { Actor, User } from '../../model/actor.ts'
import type { Entity } from '../../model/owner.ts'
import type { ReadTx } from '../../registry.ts'
import { isAdministrator, isAllowedOnEntity } from '../../rules/access.ts'

/** A user or service account, as far as another may know them. */
export interface Person {
  /** The email is told to themselves and to administrators. */
  readonly user: User
  /** Teams of theirs that the asker may see, too; in order of name. */
  readonly teams: readonly Entity[]
}

export async function personOf(tx: ReadTx, actor: Actor, user: User): Promise<Person> {
  const mayKnowAll = user.id === actor.userId || isAdministrator(actor)
  const ids = (await tx.members.entityRoles(user.entityId))
    .filter((role) => role.entityKind === 'team')
    .filter(({ entityId }) => mayKnowAll || isAllowedOnEntity(actor, 'read', entityId))
    .map(({ entityId }) => entityId)
  const teams = [...(await tx.entities.findMany(ids))].sort((a, b) => (a.name < b.name ? -1 : 1))
  return { user: mayKnowAll ? user : { ...user, email: null }, teams }
}
