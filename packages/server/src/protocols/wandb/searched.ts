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

/** How many pages in a row may be empty: some 100,000 rows were looked at then. */
const MAX_EMPTY_PAGES = 20

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

/**
 * The same with the number of all rows, which is counted once and then travels in the cursor. No
 * page is empty but the last one: of these lists the client takes an empty page for the end.
 */
export async function searchedList<Row, Node>(
  kind: string,
  args: PageArguments,
  limit: number,
  search: Search<Row>,
  nodeOf: (row: Row) => Node | Promise<Node>,
  countAll: () => Promise<number> = () => count(search),
): Promise<Connection<Node> & { readonly totalCount: number }> {
  const { place, total } = readPlace(kind, args)
  const page = await firstFound(search, place, limit)
  const isWhole = place === null && page.next === null
  const totalCount = total ?? (isWhole ? page.items.length : await countAll())
  const nodes = await Promise.all(page.items.map(nodeOf))
  return { ...toConnection(kind, page, totalCount, nodes), totalCount }
}

async function firstFound<Row>(
  search: Search<Row>,
  begin: SearchPlace | null,
  limit: number,
): Promise<Page<Row, SearchPlace>> {
  let after = begin
  for (let looks = 0; looks < MAX_EMPTY_PAGES; looks += 1) {
    const page = await search(after, limit)
    if (page.items.length > 0 || page.next === null) return page
    after = page.next
  }
  throw new RegistryError(
    'request_invalid',
    'Many thousands were looked at and none fits the filter. Filter by a tag or an alias as well.',
  )
}

async function count<Row>(search: Search<Row>): Promise<number> {
  let total = 0
  let after: SearchPlace | null = null
  do {
    const page: Page<Row, SearchPlace> = await search(after, MAX_ITEMS_PER_PAGE)
    total += page.items.length
    after = page.next
  } while (after !== null)
  return total
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
