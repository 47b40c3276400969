import { RegistryError } from '../../core/errors.ts'
import { MAX_FIELD_CHARACTERS } from '../../core/limits.ts'
import { digestOf } from '../../core/model/digest.ts'
import { type Comparison, type Condition, METADATA_PREFIX } from '../../core/model/field.ts'
import { decodeCursor } from '../../core/model/page.ts'
import { parseTime } from '../../core/model/time.ts'
import type { SearchKey, SearchVersionsInput } from '../../core/operations/search-versions.ts'
import { notOfThisList } from './read-request.ts'

// The grammar of a search, as `docs/API.md` has it: `filter=field:comparison:value`, `sort=field`.

/** What the value of a field is: `value` may be a number, a truth value or a text. */
const FIELDS = new Map<string, 'text' | 'user' | 'number' | 'time'>([
  ['alias', 'text'],
  ['tag', 'text'],
  ['createdBy', 'user'],
  ['createdAt', 'time'],
  ['linkedAt', 'time'],
  ['size', 'number'],
  ['fileCount', 'number'],
])
const SORTABLE = new Set(['createdAt', 'linkedAt', 'size', 'fileCount'])
const COMPARISONS = new Set<string>(['eq', 'ne', 'lt', 'lte', 'gt', 'gte', 'exists', 'missing'])

/** Throws `request_invalid` with a sentence for whatever is no condition. */
export function conditionsOf(filters: readonly string[]): readonly Condition[] {
  return filters.map(conditionOf)
}

function conditionOf(filter: string): Condition {
  const [, path = '', comparison = '', text] = /^([^:]*):([a-z]+)(?::(.*))?$/s.exec(filter) ?? []
  if (!isComparison(comparison))
    throw invalid(filter, 'it is written field:comparison:value, as metadata.accuracy:gte:0.9')
  const kind = kindOf(path)
  if (kind === undefined)
    throw invalid(filter, `there are metadata.<path>, ${[...FIELDS.keys()].join(', ')}`)
  const isUnary = comparison === 'exists' || comparison === 'missing'
  if (isUnary !== (text === undefined))
    throw invalid(filter, isUnary ? `"${comparison}" takes no value` : 'it lacks a value')
  const isName = path === 'alias' || kind === 'user'
  if (isName && comparison !== 'eq' && comparison !== 'ne')
    throw invalid(filter, `"${path}" is compared by eq or ne`)
  return { path, comparison, value: text === undefined ? null : readValue(filter, kind, text) }
}

function isComparison(text: string): text is Comparison {
  return COMPARISONS.has(text)
}

function kindOf(path: string): 'text' | 'user' | 'number' | 'time' | 'json' | undefined {
  const isLeaf = path.startsWith(METADATA_PREFIX) && path.length > METADATA_PREFIX.length
  return isLeaf && path.length <= MAX_FIELD_CHARACTERS ? 'json' : FIELDS.get(path)
}

function readValue(
  filter: string,
  kind: NonNullable<ReturnType<typeof kindOf>>,
  text: string,
): number | string | boolean {
  if (!text.isWellFormed() || text.includes('\u0000')) throw invalid(filter, 'it is no text')
  if (kind === 'text' || kind === 'user') return text
  if (kind === 'time') {
    const time = parseTime(text)
    if (time === undefined) throw invalid(filter, `"${text}" is no RFC 3339 time`)
    return time
  }
  const value = jsonOf(text)
  if (kind === 'number' && typeof value !== 'number') throw invalid(filter, 'it takes a number')
  if (value === null)
    throw invalid(filter, 'null is no value that is kept; ask with "missing" instead')
  return value
}

/** A number, `true`, `false` or a text in quotes as JSON has them; anything else is a text. */
function jsonOf(text: string): number | string | boolean | null {
  try {
    const value: unknown = JSON.parse(text)
    if (value === null || typeof value === 'boolean' || typeof value === 'string') return value
    if (typeof value === 'number' && Number.isFinite(value)) return value
  } catch {
    // No JSON: the text itself is meant.
  }
  return text
}

/** `metadata.accuracy`, or with `-` before it from the highest; null: newest first. */
export function sortOf(sort: string | undefined): SearchVersionsInput['sort'] {
  if (sort === undefined || sort === '-index') return null
  const isDescending = sort.startsWith('-')
  const path = isDescending ? sort.slice(1) : sort
  if (kindOf(path) !== 'json' && !SORTABLE.has(path))
    throw new RegistryError(
      'request_invalid',
      `Versions are not sorted by ${JSON.stringify(sort.slice(0, 200))}: there are -index, ` +
        `metadata.<path>, ${[...SORTABLE].join(', ')}, each also with "-" before it.`,
    )
  return { path, direction: isDescending ? 'desc' : 'asc' }
}

export const CURSOR = 'search'

/** The key of the next page, which names the search: in another one it means nothing. */
export function searchCursor(search: readonly unknown[], next: SearchKey | null): string | null {
  if (next === null) return null
  const { walk, key } = next
  return JSON.stringify([nameOf(search), walk, key.kind, key.number, key.text, key.index])
}

/** Throws `cursor_invalid` for a cursor of another search. */
export function searchKeyOf(
  search: readonly unknown[],
  cursor: string | undefined,
): SearchKey | null {
  if (cursor === undefined) return null
  const text = decodeCursor(CURSOR, cursor)
  const [name, walk, kind, number, key, index] = partsOf(String(text))
  const isOurs =
    name === nameOf(search) &&
    (walk === 'newest' || walk === 'sorted' || walk === 'rest') &&
    (kind === 0 || kind === 1) &&
    typeof number === 'number' &&
    typeof key === 'string' &&
    key.isWellFormed() &&
    !key.includes('\u0000') &&
    Number.isSafeInteger(index)
  return isOurs ? { walk, key: { kind, number, text: key, index: Number(index) } } : notOfThisList()
}

function partsOf(text: string): readonly unknown[] {
  try {
    const parts: unknown = JSON.parse(text)
    return Array.isArray(parts) ? parts : []
  } catch {
    return []
  }
}

function nameOf(search: readonly unknown[]): string {
  return digestOf(JSON.stringify(search)).slice('sha256:'.length, 'sha256:'.length + 16)
}

function invalid(filter: string, why: string): RegistryError {
  const quoted = JSON.stringify(filter.slice(0, 200))
  return new RegistryError('request_invalid', `The filter ${quoted} is refused: ${why}.`)
}
