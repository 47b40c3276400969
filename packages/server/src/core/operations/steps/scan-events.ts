import { RegistryError } from '../../errors.ts'
import { MAX_EVENTS_SCANNED_PER_PAGE, MAX_ITEMS_PER_PAGE } from '../../limits.ts'
import type { Actor } from '../../model/actor.ts'
import type { EventKind } from '../../model/event.ts'
import type { OwnerRef } from '../../model/owner.ts'
import type { StreamEvent } from '../../model/stream-event.ts'
import type { ReadTx, Registry } from '../../registry.ts'
import { type EventFilter, isAskedFor, maySeeEvent } from '../../rules/stream.ts'
import { getCollectionOf } from './collections.ts'
import { getOwner } from './owners.ts'

/** Which events, by name; what is left out does not matter. */
export interface EventQuery {
  readonly owner?: OwnerRef | undefined
  /** In the owner. */
  readonly collection?: string | undefined
  readonly alias?: string | undefined
  readonly kind?: EventKind | undefined
}

/** Some of the stream. Neither the events nor the revisions up to which it looked come again. */
export interface EventScan {
  /** Those that the actor asked for and may see, oldest first. */
  readonly events: readonly StreamEvent[]
  /** It looked at all up to here: go on after it. */
  readonly revision: number
  /** Whether there is something behind it, as far as it knows. */
  readonly isMore: boolean
}

export type ReadEvents = (after: number, limit: number) => Promise<readonly StreamEvent[]>

/**
 * Throws `owner_not_found`, `collection_not_found`, `request_invalid` (collection without owner).
 */
export async function findWanted(
  tx: ReadTx,
  actor: Actor,
  query: EventQuery,
): Promise<(event: StreamEvent) => boolean> {
  const { owner: ref, collection: name, alias = null, kind = null } = query
  let ownerId: number | null = null
  let collectionId: string | null = null
  if (ref !== undefined && name !== undefined) {
    const { owner, collection } = await getCollectionOf(tx, actor, { owner: ref, name }, 'read')
    ownerId = owner.id
    collectionId = collection.id
  } else if (ref !== undefined) ownerId = (await getOwner(tx, actor, ref, 'read')).id
  else if (name !== undefined)
    throw new RegistryError('request_invalid', 'Say which owner the collection is in.')
  const filter: EventFilter = { ownerId, collectionId, alias, kind }
  return (event) => isAskedFor(filter, event) && maySeeEvent(actor, event)
}

/** The stream as it is stored. */
export function storedEvents(registry: Registry): ReadEvents {
  return (after, limit) => registry.metadata.read(({ events }) => events.page({ after, limit }))
}

/** Looks on until it has `limit` events, has looked at enough, or there is nothing more. */
export async function scanEvents(
  read: ReadEvents,
  isWanted: (event: StreamEvent) => boolean,
  { after, limit }: { readonly after: number; readonly limit: number },
): Promise<EventScan> {
  const events: StreamEvent[] = []
  let revision = after
  for (let size = limit; revision - after < MAX_EVENTS_SCANNED_PER_PAGE; ) {
    const page = await read(revision, size)
    for (const event of page) {
      revision = event.revision
      if (isWanted(event)) events.push(event)
      if (events.length === limit) return { events, revision, isMore: true }
    }
    if (page.length < size) return { events, revision, isMore: false }
    size = Math.min(2 * size, MAX_ITEMS_PER_PAGE)
  }
  return { events, revision, isMore: true }
}
