import type { PageQuery } from './answers.ts'
import type { Page } from './wire.ts'

/**
 * Every page of a list, from the first:
 * `pages((page) => listVersions(client, collection, { sort: '-size', ...page }))`.
 */
export async function* pages<Some extends Page<unknown>>(
  ask: (page: PageQuery) => Promise<Some>,
  limit?: number,
): AsyncGenerator<Some> {
  for (let cursor: string | undefined; ; ) {
    const page = await ask({ limit, cursor })
    yield page
    if (page.next === null) return
    cursor = page.next
  }
}

/** Every item of a list, page by page as they are wanted; `limit` is how many come at once. */
export async function* items<Item>(
  ask: (page: PageQuery) => Promise<Page<Item>>,
  limit?: number,
): AsyncGenerator<Item> {
  for await (const page of pages(ask, limit)) yield* page.items
}
