import { MAX_EVENTS_PER_BATCH } from '../limits.ts'
import type { Actor } from '../model/actor.ts'
import { Bell } from '../model/bell.ts'
import type { StreamEvent } from '../model/stream-event.ts'
import type { Registry } from '../registry.ts'
import {
  type EventQuery,
  type EventScan,
  findWanted,
  type ReadEvents,
  scanEvents,
  storedEvents,
} from './steps/scan-events.ts'

export interface EventWatch {
  /** Where it began. */
  readonly after: number
  /** Each goes on where the one before ended; the events of one may be none. */
  readonly batches: AsyncIterable<EventScan>
}

/**
 * What happens, as it happens: every event after a revision (without one: after now), in order,
 * none twice, none left out, until `signal` aborts. Nothing is kept for who is slow in taking a
 * batch: the next one is read when they ask for it. Rights are those of the beginning.
 *
 * Throws `owner_not_found`, `collection_not_found`, `request_invalid`; the batches throw what a
 * read may throw.
 */
export async function watchEvents(
  registry: Registry,
  actor: Actor,
  input: EventQuery & { readonly after?: number | undefined; readonly signal: AbortSignal },
): Promise<EventWatch> {
  const { isWanted, head } = await registry.metadata.read(async (tx) => ({
    isWanted: await findWanted(tx, actor, input),
    head: await tx.events.head(),
  }))
  const after = input.after ?? head.revision
  return { after, batches: follow(registry, isWanted, after, input.signal) }
}

async function* follow(
  registry: Registry,
  isWanted: (event: StreamEvent) => boolean,
  after: number,
  signal: AbortSignal,
): AsyncGenerator<EventScan> {
  const { stream } = registry.metadata
  const readStored = storedEvents(registry)
  const readRecent: ReadEvents = async (from, limit) =>
    stream.recent(from, limit) ?? readStored(from, limit)
  const bell = new Bell()
  const ring = () => bell.ring()
  const unsubscribe = stream.subscribe(ring)
  signal.addEventListener('abort', ring)
  try {
    let seen = after
    // The first look is into the store: memory has only what came while somebody watched.
    for (let read = readStored; !signal.aborted; read = readRecent) {
      const limit = MAX_EVENTS_PER_BATCH
      const scan = await scanEvents(read, isWanted, { after: seen, limit })
      if (scan.revision > seen) yield scan
      seen = scan.revision
      if (!scan.isMore) await bell.wait()
    }
  } finally {
    unsubscribe()
    signal.removeEventListener('abort', ring)
  }
}
