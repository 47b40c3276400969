import { items, type Page, type PageQuery } from '@greenroom/sdk'

const MAX_PAGE_ITEMS = 1000

/** Items of a list, page by page, up to a bound. */
export async function takeItems<Item>(
  bound: number,
  getPage: (page: PageQuery) => Promise<Page<Item>>,
): Promise<Item[]> {
  const taken: Item[] = []
  for await (const item of items(getPage, Math.min(MAX_PAGE_ITEMS, bound))) {
    taken.push(item)
    if (taken.length === bound) break
  }
  return taken
}
