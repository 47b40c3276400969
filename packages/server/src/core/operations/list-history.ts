import { MAX_EXAMINED_PER_PAGE, MAX_EXAMINED_PER_STATEMENT } from '../limits.ts'
import type { Actor } from '../model/actor.ts'
import type { CollectionRef } from '../model/collection.ts'
import { checkPageSize, type Page } from '../model/page.ts'
import type { PointerCause, PointerEvent } from '../model/pointer-event.ts'
import type { Micros } from '../model/time.ts'
import type { ReadTx, Registry } from '../registry.ts'
import { getCollectionOf, type OwnedCollection } from './steps/collections.ts'
import { aliasEmpty } from './steps/tombstones.ts'

export interface HistoryPage extends OwnedCollection {
  /** Newest first; the key of the next page is a seq. */
  readonly page: Page<PointerEvent, number>
}

/** What an entry must be; what is left out is not asked. */
export interface HistoryFilter {
  /** From this time on, and up to that one, both included. */
  readonly since?: Micros
  readonly until?: Micros
  /** The name of who acted. */
  readonly actor?: string
  readonly cause?: PointerCause
}

export interface ListHistoryInput {
  readonly collection: CollectionRef
  readonly alias: string | null
  readonly filter?: HistoryFilter
  /** Entries with a seq below this one; null: from the newest. */
  readonly before: number | null
  readonly limit: number
}

/**
 * The pointer log of a collection, or of one of its aliases. A filtered page looks at a bounded
 * number of entries: it may hold fewer than `limit` and still have a next one.
 *
 * Throws `owner_not_found`, `collection_not_found`, `alias_unknown`, `request_invalid`.
 */
export async function listHistory(
  registry: Registry,
  actor: Actor,
  input: ListHistoryInput,
): Promise<HistoryPage> {
  checkPageSize(input.limit)
  return registry.metadata.read(async (tx) => {
    const owned = await getCollectionOf(tx, actor, input.collection, 'read')
    const { alias } = input
    if (alias !== null && (await tx.aliases.find(owned.collection.id, alias)) === undefined)
      throw await aliasEmpty(tx, owned.collection, alias, undefined)
    return { ...owned, page: await readPage(tx, owned.collection.id, input) }
  })
}

async function readPage(
  tx: ReadTx,
  collectionId: string,
  { alias, filter = {}, before, limit }: ListHistoryInput,
): Promise<Page<PointerEvent, number>> {
  const items: PointerEvent[] = []
  const { since = Number.NEGATIVE_INFINITY } = filter
  let from = before
  for (let examined = 0; examined < MAX_EXAMINED_PER_PAGE; ) {
    const asked = Object.keys(filter).length === 0 ? limit + 1 : MAX_EXAMINED_PER_STATEMENT
    const rows = await tx.pointerLog.list({ collectionId, alias, before: from, limit: asked })
    examined += rows.length
    for (const event of rows) {
      if (event.time < since) return { items, next: null }
      if (items.length === limit) return { items, next: from }
      if (passes(event, filter)) items.push(event)
      from = event.seq
    }
    if (rows.length < asked) return { items, next: null }
  }
  return { items, next: from }
}

function passes(event: PointerEvent, filter: HistoryFilter): boolean {
  const { until = Number.POSITIVE_INFINITY, actor, cause } = filter
  return (
    event.time <= until &&
    (actor === undefined || event.actorName === actor) &&
    (cause === undefined || event.cause === cause)
  )
}
