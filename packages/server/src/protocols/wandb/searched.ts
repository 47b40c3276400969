import { RegistryError } from '../../core/errors.ts'
import { MAX_ITEMS_PER_PAGE } from '../../core/limits.ts'
import { encodeCursor, type Page } from '../../core/model/page.ts'
import type { SearchPlace } from '../../core/operations/search-registries.ts'
import { type Connection, keyAfter, type PageArguments } from './answers.ts'

/** One page of a search. */
export type Search<Row> = (
  after: SearchPlace | null,
  limit: number,
) => Promise<Page<Row, SearchPlace>>

export interface SearchArguments extends PageArguments {
  readonly order?: string
  readonly filters?: string
}

/** A page of a search as a connection; a page that is empty may have a next one. */
export async function searchedPage<Row, Node>(
  kind: string,
  args: PageArguments,
  limit: number,
  search: Search<Row>,
  nodeOf: (row: Row) => Node | Promise<Node>,
): Promise<Connection<Node>> {
  const page = await search(readPlace(kind, args).place, limit)
  return toConnection(kind, page, null, await Promise.all(page.items.map(nodeOf)))
}

interface SearchedList<Row, Node> {
  readonly kind: string
  readonly args: PageArguments
  readonly limit: number
  readonly search: Search<Row>
  readonly nodeOf: (row: Row) => Node | Promise<Node>
  /** How many rows there are in all; without it they are walked. */
  readonly count?: () => Promise<number>
  /** How many pages one call looks at: each reads a bounded number of rows. */
  readonly maxPages: number
}

/**
 * A page with the number of all rows, which is counted once and then travels in the cursor. No page
 * is empty but the last one: of these lists the client takes an empty page for the end.
 *
 * Throws `request_invalid` when too many rows would have to be looked at.
 */
export async function searchedList<Row, Node>(
  list: SearchedList<Row, Node>,
): Promise<Connection<Node> & { readonly totalCount: number }> {
  const { kind, nodeOf, count = () => countAll(list) } = list
  const { place, total } = readPlace(kind, list.args)
  const page = await firstFound(list, place)
  const isWhole = place === null && page.next === null
  const totalCount = total ?? (isWhole ? page.items.length : await count())
  const nodes = await Promise.all(page.items.map(nodeOf))
  return { ...toConnection(kind, page, totalCount, nodes), totalCount }
}

async function firstFound<Row, Node>(
  { search, limit, maxPages }: SearchedList<Row, Node>,
  begin: SearchPlace | null,
): Promise<Page<Row, SearchPlace>> {
  let after = begin
  for (let pages = 0; pages < maxPages; pages += 1) {
    const page = await search(after, limit)
    if (page.items.length > 0 || page.next === null) return page
    after = page.next
  }
  throw tooMany()
}

async function countAll<Row, Node>(list: SearchedList<Row, Node>): Promise<number> {
  let total = 0
  let after: SearchPlace | null = null
  for (let pages = 0; pages < list.maxPages; pages += 1) {
    const page: Page<Row, SearchPlace> = await list.search(after, MAX_ITEMS_PER_PAGE)
    total += page.items.length
    if (page.next === null) return total
    after = page.next
  }
  throw tooMany()
}

function tooMany(): RegistryError {
  return new RegistryError(
    'request_invalid',
    'Too many would have to be looked at for this filter. Filter by a tag or an alias as well.',
  )
}

function toConnection<Row, Node>(
  kind: string,
  { next }: Page<Row, SearchPlace>,
  total: number | null,
  nodes: readonly Node[],
): Connection<Node> {
  const cursor = next === null ? null : encodeCursor(kind, JSON.stringify([total, ...next]))
  return {
    edges: nodes.map((node) => ({ node })),
    pageInfo: { endCursor: cursor, hasNextPage: next !== null },
  }
}

/** Throws `cursor_invalid` for a cursor that is not one of such a list. */
function readPlace(
  kind: string,
  args: PageArguments,
): { readonly place: SearchPlace | null; readonly total: number | null } {
  const key = keyAfter(kind, args)
  if (key === undefined) return { place: null, total: null }
  const [total, ...place] = JSON.parse(String(key)) as [number | null, ...SearchPlace]
  return { place, total }
}
