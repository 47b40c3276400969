import { MAX_EXAMINED_PER_PAGE, MAX_EXAMINED_PER_STATEMENT, MAX_ITEMS_PER_PAGE } from '../limits.ts'
import type { Actor } from '../model/actor.ts'
import type { Collection } from '../model/collection.ts'
import { type Filter, isEverything } from '../model/filter.ts'
import type { Owner, OwnerRef } from '../model/owner.ts'
import { checkPageSize, type Page } from '../model/page.ts'
import type { ReadTx, Registry } from '../registry.ts'
import type { OwnedCollection } from './steps/collections.ts'
import { getOwner } from './steps/owners.ts'
import {
  checkCollectionFilter,
  checkOwnerFilter,
  checkSortable,
  isWanted,
  type Order,
  pageInOrder,
  registriesOf,
  type SearchPlace,
} from './steps/searched.ts'

/** One owner, or those registries of an organization's entity that a filter wants. */
export type SearchedOwners =
  | { readonly owner: OwnerRef }
  | { readonly registriesOf: string; readonly filter: Filter }

export interface SearchCollectionsInput {
  readonly within: SearchedOwners
  readonly artifactType?: string | null
  readonly filter: Filter
  /** Null: by owner, then by name. */
  readonly order: Order | null
  readonly after: SearchPlace | null
  readonly limit: number
}

/**
 * Collections by their fields (`id`, `name`, `type`, `tag`, `description`, `createdAt`,
 * `updatedAt`). Without an order a page looks at a bounded number of them: it may hold fewer than
 * `limit` and still have a next one. With an order all are read. Throws `owner_not_found`,
 * `request_invalid`.
 */
export async function searchCollections(
  registry: Registry,
  actor: Actor,
  input: SearchCollectionsInput,
): Promise<Page<OwnedCollection, SearchPlace>> {
  checkPageSize(input.limit)
  checkCollectionFilter(input.filter)
  const { within, order, after, limit } = input
  if ('filter' in within) checkOwnerFilter(within.filter)
  return registry.metadata.read(async (tx) => {
    const owners =
      'owner' in within
        ? [await getOwner(tx, actor, within.owner, 'read')]
        : await registriesOf(tx, actor, within.registriesOf, within.filter)
    if (order === null) return walk(tx, actor, owners, input)
    const placeOf = ({ collection }: OwnedCollection) => [collection[order.field], collection.id]
    const found = await readAll(tx, actor, owners, input)
    return pageInOrder(found, placeOf, order.direction, after, limit)
  })
}

async function walk(
  tx: ReadTx,
  actor: Actor,
  owners: readonly Owner[],
  { filter, artifactType = null, after, limit }: SearchCollectionsInput,
): Promise<Page<OwnedCollection, SearchPlace>> {
  const pageSize = isEverything(filter) ? limit + 1 : MAX_EXAMINED_PER_STATEMENT
  const [fromOwner = 0, fromName = ''] = after ?? []
  const items: OwnedCollection[] = []
  let place = after
  let examined = 0
  for (const owner of owners.filter(({ id }) => id >= Number(fromOwner))) {
    let rows: readonly Collection[]
    let name = owner.id === fromOwner ? String(fromName) : ''
    do {
      if (examined >= MAX_EXAMINED_PER_PAGE) return { items, next: place }
      const page = { ownerId: owner.id, artifactType, after: name, limit: pageSize }
      rows = await tx.collections.list(page)
      for (const collection of rows) {
        if (items.length === limit) return { items, next: place }
        if (isWanted(actor, owner, collection, filter)) items.push({ owner, collection })
        name = collection.name
        place = [owner.id, name]
      }
      // An owner without any costs a look, too.
      examined += rows.length + 1
    } while (rows.length === pageSize)
  }
  return { items, next: null }
}

async function readAll(
  tx: ReadTx,
  actor: Actor,
  owners: readonly Owner[],
  { filter, artifactType = null }: SearchCollectionsInput,
): Promise<readonly OwnedCollection[]> {
  const found: OwnedCollection[] = []
  let looked = 0
  for (const owner of owners) {
    let rows: readonly Collection[]
    let after = ''
    do {
      const page = { ownerId: owner.id, artifactType, after, limit: MAX_ITEMS_PER_PAGE }
      rows = await tx.collections.list(page)
      looked = checkSortable(looked + rows.length)
      for (const collection of rows) {
        if (isWanted(actor, owner, collection, filter)) found.push({ owner, collection })
        after = collection.name
      }
    } while (rows.length === MAX_ITEMS_PER_PAGE)
  }
  return found
}
