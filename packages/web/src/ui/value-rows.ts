import type { TreeRow } from './tree-view.tsx'

// JSON as the rows of a tree. Pure, so that it can be tested.

export type ValueKind = 'object' | 'array' | 'string' | 'number' | 'boolean' | 'null'

export interface ValueRow extends TreeRow {
  readonly name: string
  /** Dotted, as filters and comparisons write it. */
  readonly path: string
  readonly kind: ValueKind
  /** The value, or for what opens: how much is in it. */
  readonly text: string
}

/** Nobody reads deeper, and a hostile file nests as deep as it likes. */
const MAX_DEPTH = 64
/** Of all rows together. */
const MAX_ROWS = 20_000
const MAX_TEXT_CHARACTERS = 1_000

/**
 * The rows to be seen: those in what `isOpen` says is open; with a `query` those whose path or
 * value has it in them, and all above them.
 */
export function valueRows(
  value: unknown,
  isOpen: (path: string, level: number) => boolean,
  query = '',
): readonly ValueRow[] {
  const rows: ValueRow[] = []
  const wanted = query.trim().toLowerCase()
  const walk = (inner: unknown, name: string, path: string, level: number): boolean => {
    if (rows.length >= MAX_ROWS) return false
    const children = level < MAX_DEPTH ? childrenOf(inner) : undefined
    const isSeen = wanted === '' || path.toLowerCase().includes(wanted)
    const open = children === undefined ? undefined : wanted !== '' || isOpen(path, level)
    const text = textOf(inner, children?.length)
    const at = rows.length
    rows.push({ id: path, level, open, name, path, kind: kindOf(inner), text })
    let isKept = isSeen || (children === undefined && text.toLowerCase().includes(wanted))
    if (open === true && children !== undefined)
      for (const [key, child] of children)
        if (walk(child, key, `${path}.${key}`, level + 1)) isKept = true
    if (!isKept) rows.length = at
    return isKept
  }
  for (const [key, child] of childrenOf(value) ?? [['', value]]) walk(child, key, key, 0)
  return rows
}

/** Undefined for what does not open. */
function childrenOf(value: unknown): readonly (readonly [string, unknown])[] | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const children = Object.entries(value)
  return children.length === 0 ? undefined : children
}

function kindOf(value: unknown): ValueKind {
  if (value === null || value === undefined) return 'null'
  if (Array.isArray(value)) return 'array'
  const kind = typeof value
  return kind === 'string' || kind === 'number' || kind === 'boolean' ? kind : 'object'
}

function textOf(value: unknown, count: number | undefined): string {
  if (count !== undefined) {
    const many = count === 1 ? '' : 's'
    return Array.isArray(value) ? `${count} item${many}` : `${count} key${many}`
  }
  if (typeof value === 'string') return JSON.stringify(value.slice(0, MAX_TEXT_CHARACTERS))
  if (Array.isArray(value)) return value.length === 0 ? '[]' : '[…]'
  if (typeof value === 'object' && value !== null)
    return Object.keys(value).length === 0 ? '{}' : '{…}'
  return String(value)
}

/** How many values there are, counted up to `most`. */
export function countValues(value: unknown, most: number): number {
  let count = 0
  const left: unknown[] = [value]
  while (left.length > 0 && count < most) {
    const next = left.pop()
    count++
    if (typeof next === 'object' && next !== null) left.push(...Object.values(next).slice(0, most))
  }
  return count
}
