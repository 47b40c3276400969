import type { Actor } from '../model/actor.ts'
import type { Owner } from '../model/owner.ts'

/** What may be asked of an owner or of what it holds. */
export type Action = 'read' | 'write' | 'move-protected'

/**
 * The one function that decides. Default is no: a user may do everything with what their own entity
 * owns, an administrator with everything. (Teams, grants and registry roles come with their issue.)
 */
export function isAllowed(actor: Actor, _action: Action, owner: Pick<Owner, 'entityId'>): boolean {
  return actor.admin || owner.entityId === actor.entityId
}

/** The entities whose blobs count as present for the actor's uploads. */
export function readableEntities(actor: Actor): readonly number[] | 'all' {
  return actor.admin ? 'all' : [actor.entityId]
}
