import { type ErrorCode, isRegistryError } from '../../core/errors.ts'
import { MAX_ITEMS_PER_PAGE } from '../../core/limits.ts'
import { decodeCursor, encodeCursor, type Page } from '../../core/model/page.ts'
import type { Micros } from '../../core/model/time.ts'

const NOT_THERE: ReadonlySet<ErrorCode> = new Set([
  'alias_unknown',
  'alias_vacant',
  'collection_not_found',
  'draft_not_found',
  'not_found',
  'owner_not_found',
  'ref_invalid',
  'version_not_found',
])

/** The client takes `null` for "not found" and has a sentence for it. What was deleted is told. */
export async function orNull<Value>(answer: Promise<Value>): Promise<Value | null> {
  try {
    return await answer
  } catch (error) {
    if (isRegistryError(error) && NOT_THERE.has(error.code)) return null
    throw error
  }
}

/** Whole seconds, as the client's own server writes them. */
export function dateTime(time: Micros): string {
  return `${new Date(Math.floor(time / 1000)).toISOString().slice(0, 19)}Z`
}

/** The arguments of every connection. */
export interface PageArguments {
  readonly first?: number
  readonly after?: string
}

/** What `first` asks for, within what a page may hold. */
export function pageSize(args: PageArguments, usual: number, max = MAX_ITEMS_PER_PAGE): number {
  return Math.min(Math.max(args.first ?? usual, 1), max)
}

/** The key behind `after`, or `undefined` for the first page. Throws `cursor_invalid`. */
export function keyAfter(kind: string, args: PageArguments): string | number | undefined {
  return args.after === undefined || args.after === '' ? undefined : decodeCursor(kind, args.after)
}

export interface Connection<Node> {
  readonly edges: readonly { readonly node: Node; readonly cursor?: string }[]
  readonly pageInfo: { readonly endCursor: string | null; readonly hasNextPage: boolean }
}

/** A page in the form of the client's connections. */
export async function connection<Item, Key extends string | number, Node>(
  kind: string,
  page: Page<Item, Key>,
  keyOf: (item: Item) => Key,
  nodeOf: (item: Item) => Node | Promise<Node>,
): Promise<Connection<Node>> {
  const nodes = await Promise.all(page.items.map(nodeOf))
  const edges = page.items.map((item, at) => ({
    node: nodes[at] as Node,
    cursor: encodeCursor(kind, keyOf(item)),
  }))
  return {
    edges,
    pageInfo: { endCursor: edges.at(-1)?.cursor ?? null, hasNextPage: page.next !== null },
  }
}

/** A short list as a connection of one page. */
export function wholeList<Node>(nodes: readonly Node[]): Connection<Node> {
  return {
    edges: nodes.map((node, at) => ({ node, cursor: encodeCursor('list', at) })),
    pageInfo: { endCursor: null, hasNextPage: false },
  }
}
