import type { Actor } from '../model/actor.ts'
import type { CollectionRef } from '../model/collection.ts'
import { checkPageSize, type Page, pageOf } from '../model/page.ts'
import type { PointerEvent } from '../model/pointer-event.ts'
import type { Registry } from '../registry.ts'
import { getCollectionOf, type OwnedCollection } from './steps/collections.ts'
import { aliasEmpty } from './steps/tombstones.ts'

export interface HistoryPage extends OwnedCollection {
  /** Newest first; the key of the next page is a seq. */
  readonly page: Page<PointerEvent, number>
}

/**
 * The pointer log of a collection, or of one of its aliases. Throws `owner_not_found`,
 * `collection_not_found`, `alias_unknown`, `request_invalid`.
 */
export async function listHistory(
  registry: Registry,
  actor: Actor,
  input: {
    readonly collection: CollectionRef
    readonly alias: string | null
    readonly before: number | null
    readonly limit: number
  },
): Promise<HistoryPage> {
  checkPageSize(input.limit)
  return registry.metadata.read(async (tx) => {
    const owned = await getCollectionOf(tx, actor, input.collection, 'read')
    const { alias, before, limit } = input
    if (alias !== null && (await tx.aliases.find(owned.collection.id, alias)) === undefined)
      throw await aliasEmpty(tx, owned.collection, alias, undefined)
    const collectionId = owned.collection.id
    const rows = await tx.pointerLog.list({ collectionId, alias, before, limit: limit + 1 })
    return { ...owned, page: pageOf(rows, limit, (event) => event.seq) }
  })
}
