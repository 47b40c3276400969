import { RegistryError } from '../errors.ts'
import type { Actor } from '../model/actor.ts'
import type { Slot } from '../model/alias.ts'
import type { CollectionRef } from '../model/collection.ts'
import { checkPageSize, type Page, pageOf } from '../model/page.ts'
import type { PointerEvent } from '../model/pointer-event.ts'
import type { Micros } from '../model/time.ts'
import type { Registry } from '../registry.ts'
import { getCollectionOf, type OwnedCollection } from './steps/collections.ts'
import { aliasEmpty } from './steps/tombstones.ts'

/** Who held an alias from one entry of its log to the next. */
export interface Holding {
  readonly slots: readonly Slot[]
  readonly from: Micros
  /** Null: until now. */
  readonly until: Micros | null
  /** The entry that began it. */
  readonly event: PointerEvent
}

/**
 * Who held an alias when, newest first; a time when nobody did is an interval without slots.
 *
 * Throws `owner_not_found`, `collection_not_found`, `alias_unknown`, and `request_invalid` for an
 * alias that any number of versions bear: its log says who came and went.
 */
export async function listHolders(
  registry: Registry,
  actor: Actor,
  input: {
    readonly collection: CollectionRef
    readonly alias: string
    readonly before: number | null
    readonly limit: number
  },
): Promise<OwnedCollection & { readonly page: Page<Holding, number> }> {
  checkPageSize(input.limit)
  return registry.metadata.read(async (tx) => {
    const owned = await getCollectionOf(tx, actor, input.collection, 'read')
    const collectionId = owned.collection.id
    const { alias, before, limit } = input
    const stored = await tx.aliases.find(collectionId, alias)
    if (stored === undefined) throw await aliasEmpty(tx, owned.collection, alias, undefined)
    const rows = await tx.pointerLog.list({ collectionId, alias, before, limit: limit + 1 })
    const newest = rows[0]
    const later =
      newest === undefined || newest.generation === stored.generation
        ? undefined
        : await tx.pointerLog.findByGeneration(collectionId, alias, newest.generation + 1)
    let until = later?.time ?? null
    const holdings = rows.map((event) => {
      const holding = { slots: slotsOf(event), from: event.time, until, event }
      until = event.time
      return holding
    })
    return { ...owned, page: pageOf(holdings, limit, ({ event }) => event.seq) }
  })
}

function slotsOf(event: PointerEvent): readonly Slot[] {
  if (event.change.kind === 'slots') return event.change.to
  throw new RegistryError(
    'request_invalid',
    `Any number of versions bear "${event.alias}" at once: read its history instead.`,
    { alias: event.alias },
  )
}
