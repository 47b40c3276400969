import type { Page } from '@greenroom/sdk/wire'

const MAX_PAGE_ITEMS = 1000

/** Items of a list, page by page, up to a bound. */
export async function takeItems<Item>(
  bound: number,
  getPage: (query: { readonly limit: number; readonly cursor?: string }) => Promise<Page<Item>>,
): Promise<Item[]> {
  const items: Item[] = []
  for (let next: string | null | undefined; next !== null && items.length < bound; ) {
    const limit = Math.min(MAX_PAGE_ITEMS, bound - items.length)
    const page: Page<Item> = await getPage({
      limit,
      ...(next === undefined ? {} : { cursor: next }),
    })
    items.push(...page.items)
    next = page.next
  }
  return items
}
