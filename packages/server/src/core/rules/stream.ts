import type { Actor } from '../model/actor.ts'
import type { EventKind } from '../model/event.ts'
import type { StreamEvent } from '../model/stream-event.ts'
import { type Action, isAllowed, isAllowedOnEntity, isUnlimited } from './access.ts'

/** Which events are asked for; null is all. */
export interface EventFilter {
  readonly ownerId: number | null
  readonly collectionId: string | null
  readonly alias: string | null
  readonly kind: EventKind | null
}

/**
 * Who may know of an event: who may read its owner, or, where nobody owns what it tells of, who did
 * it or whom it concerns: a user, who is in a team or organization, and the admins of a team's
 * organization. Administrators see all.
 */
export function maySeeEvent(actor: Actor, event: StreamEvent): boolean {
  if (event.owner !== null) {
    const within = event.collectionName === null ? {} : { collection: event.collectionName }
    return isAllowed(actor, 'read', event.owner, within)
  }
  if (!isUnlimited(actor)) return false
  if (actor.admin) return true
  return event.ownerId === null && (event.actorId === actor.userId || concerns(event, actor))
}

export function isAskedFor(filter: EventFilter, event: StreamEvent): boolean {
  return (
    (filter.ownerId === null || event.ownerId === filter.ownerId) &&
    (filter.collectionId === null || event.collectionId === filter.collectionId) &&
    (filter.alias === null || event.alias === filter.alias) &&
    (filter.kind === null || event.kind === filter.kind)
  )
}

/** Facts about users and tokens name the user in their payload, others the entities (by id). */
function concerns(event: StreamEvent, actor: Actor): boolean {
  const payload = JSON.parse(event.payload) as {
    readonly user?: unknown
    readonly entityId?: unknown
    readonly organizationEntityId?: unknown
  }
  const may = (action: Action, id: unknown) =>
    typeof id === 'number' && isAllowedOnEntity(actor, action, id)
  return (
    payload.user === actor.username ||
    may('read', payload.entityId) ||
    may('administer', payload.organizationEntityId)
  )
}
