import { RegistryError } from '../errors.ts'
import { MAX_ITEMS_PER_PAGE } from '../limits.ts'

/** One page of a list, and where the next one begins (null: this was the last). */
export interface Page<Item, Key> {
  readonly items: readonly Item[]
  readonly next: Key | null
}

/** Cuts `limit + 1` rows to a page: the extra row only says that there is more. */
export function pageOf<Item, Key>(
  rows: readonly Item[],
  limit: number,
  keyOf: (item: Item) => Key,
): Page<Item, Key> {
  if (rows.length <= limit) return { items: rows, next: null }
  const items = rows.slice(0, limit)
  const last = items.at(-1)
  return { items, next: last === undefined ? null : keyOf(last) }
}

/** Refuses a page size outside 1…1000. */
export function checkPageSize(limit: number, max: number = MAX_ITEMS_PER_PAGE): void {
  if (!Number.isInteger(limit) || limit < 1 || limit > max)
    throw new RegistryError('request_invalid', `A page holds 1 to ${max} items, not ${limit}.`)
}

/** An opaque cursor; `kind` keeps one list's cursor from being used in another. */
export function encodeCursor(kind: string, key: string | number): string {
  return Buffer.from(JSON.stringify([kind, key])).toString('base64url')
}

/** Throws `cursor_invalid` unless the cursor was made by `encodeCursor` with the same kind. */
export function decodeCursor(kind: string, cursor: string): string | number {
  try {
    const value: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString())
    if (Array.isArray(value) && value.length === 2 && value[0] === kind) {
      const key: unknown = value[1]
      if (typeof key === 'string' || typeof key === 'number') return key
    }
  } catch {
    // Not ours: refused below with the same sentence.
  }
  throw new RegistryError(
    'cursor_invalid',
    'The cursor is not one of this list. Begin again without a cursor.',
  )
}
