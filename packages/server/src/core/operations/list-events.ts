import type { Actor } from '../model/actor.ts'
import { checkPageSize } from '../model/page.ts'
import type { Registry } from '../registry.ts'
import {
  type EventQuery,
  type EventScan,
  findWanted,
  scanEvents,
  storedEvents,
} from './steps/scan-events.ts'

export type { EventQuery, EventScan } from './steps/scan-events.ts'

/**
 * What happened, oldest first, after a revision of the stream. An actor sees events of owners that
 * they may read, and those that concern themselves. A page may hold fewer than asked for, even
 * none, though there is more: it looks at a bounded number of events, whatever is asked for.
 *
 * Throws `owner_not_found`, `collection_not_found`, `request_invalid`.
 */
export async function listEvents(
  registry: Registry,
  actor: Actor,
  input: EventQuery & { readonly after: number; readonly limit: number },
): Promise<EventScan> {
  checkPageSize(input.limit)
  const isWanted = await registry.metadata.read((tx) => findWanted(tx, actor, input))
  return scanEvents(storedEvents(registry), isWanted, input)
}
