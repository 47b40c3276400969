import { MAX_FIELD_CHARACTERS, MAX_FIELDS_PER_VERSION } from '../limits.ts'
import type { Micros } from './time.ts'
import type { Version } from './version.ts'

/**
 * One searchable value of a version. `kind` 0 is a number, 1 a text (a truth value is the text
 * `true` or `false`): values are ordered by kind, then number, then text.
 */
export interface Field {
  /** `metadata.<path>` for a leaf, or one of the fixed names below. */
  readonly path: string
  readonly kind: 0 | 1
  /** 0 where the value is a text. */
  readonly number: number
  /** Empty where the value is a number. */
  readonly text: string
}

/** A place in the order of a field's values. */
export interface FieldKey extends Omit<Field, 'path'> {
  readonly index: number
}

/** How a value is compared; `in` takes any of several. */
export type Comparison = 'eq' | 'ne' | 'lt' | 'lte' | 'gt' | 'gte' | 'exists' | 'missing'

/** One condition of a search; a search wants all of its conditions. */
export interface Condition {
  /** A field's path, or `alias` for an alias that the version bears in the collection. */
  readonly path: string
  readonly comparison: Comparison
  /** Ignored by `exists` and `missing`. */
  readonly value: number | string | boolean | null
}

/** Names of the fields that every version has, or may have several of (`tag`). */
export const FIXED_FIELDS = [
  'tag',
  'createdAt',
  'updatedAt',
  'createdBy',
  'size',
  'fileCount',
] as const
export const METADATA_PREFIX = 'metadata.'

export function fieldOf(path: string, value: number | string | boolean): Field {
  if (typeof value === 'number') return { path, kind: 0, number: value, text: '' }
  const text = String(value)
  return { path, kind: 1, number: 0, text: text.slice(0, MAX_FIELD_CHARACTERS) }
}

/**
 * What can be searched and sorted of a version: its fixed fields, its tags, and the scalar leaves
 * of its metadata (lists are not looked into), breadth first, as many as fit under the bound.
 */
export function fieldsOf(version: Version, linkedAt: Micros): readonly Field[] {
  const fields = [
    fieldOf('createdAt', version.createdAt),
    fieldOf('updatedAt', version.updatedAt),
    fieldOf('linkedAt', linkedAt),
    fieldOf('createdBy', version.createdBy),
    fieldOf('size', version.size),
    fieldOf('fileCount', version.fileCount),
    ...version.tags.map((tag) => fieldOf('tag', tag)),
  ]
  let level: [path: string, value: unknown][] = [['metadata', JSON.parse(version.metadata)]]
  while (level.length > 0 && fields.length < MAX_FIELDS_PER_VERSION) {
    const next: [string, unknown][] = []
    for (const [path, value] of level) {
      if (isScalar(value)) fields.push(fieldOf(path, value))
      else if (isRecord(value))
        for (const [key, inner] of Object.entries(value)) next.push([`${path}.${key}`, inner])
    }
    level = next.filter(([path]) => path.length <= MAX_FIELD_CHARACTERS)
  }
  return fields.slice(0, MAX_FIELDS_PER_VERSION)
}

function isScalar(value: unknown): value is number | string | boolean {
  if (typeof value === 'number') return Number.isFinite(value)
  // A NUL is legal in JSON, but not in PostgreSQL's text.
  if (typeof value === 'string') return value.isWellFormed() && !value.includes('\u0000')
  return typeof value === 'boolean'
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
