import { RegistryError } from '../../core/errors.ts'
import { MAX_FILTER_DEPTH } from '../../core/limits.ts'
import {
  EVERYTHING,
  type FieldTest,
  type Filter,
  type FilterValue,
  type TextPattern,
} from '../../core/model/filter.ts'
import { parseTime } from '../../core/model/time.ts'
import type { Order } from '../../core/operations/search-registries.ts'
import { registryNameOf } from './call.ts'
import { findInNodeId } from './node-ids.ts'

// The client's filters are JSON in the manner of MongoDB. They become the core's own `Filter`,
// which is judged row by row: no operand ever reaches a query or an engine of regular expressions.

/** How an operand is compared with a field's values. */
type FieldKind =
  | 'text'
  | 'number'
  | 'time'
  | 'registryName'
  | 'collectionId'
  | 'versionId'
  | 'state'
  | 'any'

/** What the client calls a field: the core's name of it, and how its operands are read. */
export type FieldTable = Readonly<Record<string, readonly [field: string, kind: FieldKind]>>

const TIMES: FieldTable = {
  created_at: ['createdAt', 'time'],
  createdAt: ['createdAt', 'time'],
  updated_at: ['updatedAt', 'time'],
  updatedAt: ['updatedAt', 'time'],
}

export const REGISTRY_FIELDS: FieldTable = {
  ...TIMES,
  id: ['id', 'number'],
  project_id: ['id', 'number'],
  name: ['name', 'registryName'],
  entity_id: ['entityId', 'number'],
  description: ['description', 'text'],
}

export const COLLECTION_FIELDS: FieldTable = {
  ...TIMES,
  id: ['id', 'collectionId'],
  collection_id: ['id', 'collectionId'],
  artifact_collection_id: ['id', 'collectionId'],
  name: ['name', 'text'],
  tag: ['tag', 'text'],
  tags: ['tag', 'text'],
  description: ['description', 'text'],
}

export const VERSION_FIELDS: FieldTable = {
  ...TIMES,
  id: ['id', 'versionId'],
  state: ['state', 'state'],
  version: ['version', 'any'],
  version_index: ['version', 'any'],
  versionIndex: ['version', 'any'],
  tag: ['tag', 'text'],
  tags: ['tag', 'text'],
  alias: ['alias', 'text'],
  aliases: ['alias', 'text'],
  description: ['description', 'text'],
  size: ['size', 'number'],
  metadata: ['metadata', 'any'],
}

/** Fields whose leaves are asked for by a dotted path. */
const OBJECTS: ReadonlySet<string> = new Set(['metadata', 'config', 'summary'])
const MAX_FILTER_CHARACTERS = 64 * 1024
const SECOND = 1_000_000

/** Reads `filters`; none at all is the filter that everything meets. Throws `request_invalid`. */
export function readFilter(text: string | undefined, table: FieldTable): Filter {
  if (text === undefined || text === '') return EVERYTHING
  if (text.length > MAX_FILTER_CHARACTERS) throw refusal('it is too long')
  const parsed = parseJson(text)
  return parsed === null ? EVERYTHING : readObject(parsed, table, 1)
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw refusal('it is no JSON')
  }
}

/** Several keys of one object must all hold. */
function readObject(value: unknown, table: FieldTable, depth: number): Filter {
  if (depth > MAX_FILTER_DEPTH) throw refusal('it is nested too deep')
  const entries = Object.entries(objectOf(value))
  const parts = entries.map(([key, operand]): Filter => {
    switch (key) {
      case '$and':
        return { kind: 'all', of: readList(operand, table, depth) }
      case '$or':
        return { kind: 'any', of: readList(operand, table, depth) }
      case '$nor':
        return { kind: 'none', of: readList(operand, table, depth) }
      case '$not':
        return { kind: 'none', of: [readObject(operand, table, depth + 1)] }
      default:
        if (key.startsWith('$')) throw refusal(`${key} does not stand here`)
        return readField(key, operand, table)
    }
  })
  const [only, ...others] = parts
  return only !== undefined && others.length === 0 ? only : { kind: 'all', of: parts }
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw refusal('an object was expected')
  return value as Readonly<Record<string, unknown>>
}

function readList(value: unknown, table: FieldTable, depth: number): readonly Filter[] {
  return listOf(value).map((part) => readObject(part, table, depth + 1))
}

function listOf(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value
  throw refusal('a list was expected')
}

/** A field as the core knows it. */
interface Field {
  readonly name: string
  readonly kind: FieldKind
}

function readField(key: string, operand: unknown, table: FieldTable): Filter {
  const [root = '', ...path] = key.split('.')
  const known = Object.hasOwn(table, root) ? table[root] : undefined
  const [name, kind] = known ?? []
  const isPath = path.length > 0
  if (name === undefined || kind === undefined || (isPath && !OBJECTS.has(name)))
    throw refusal(`nothing is known here of ${JSON.stringify(key)}`)
  return readOperand({ name: [name, ...path].join('.'), kind }, operand)
}

function readOperand(field: Field, operand: unknown): Filter {
  if (operand === null) return { kind: 'none', of: [tested(field, { test: 'exists' })] }
  if (typeof operand !== 'object') return readOperator(field, '$eq', operand)
  // In MongoDB the whole list in this very order, which hardly anyone means.
  if (Array.isArray(operand))
    throw refusal(`compare "${field.name}" with a list by $in (any of it) or $all (all of it)`)
  const operators = Object.entries(objectOf(operand))
  if (operators.some(([operator]) => !operator.startsWith('$')))
    throw refusal(`write the parts of "${field.name}" with dots between them`)
  return {
    kind: 'all',
    of: operators.map(([operator, value]) => readOperator(field, operator, value)),
  }
}

function readOperator(field: Field, operator: string, value: unknown): Filter {
  switch (operator) {
    case '$eq':
      return equal(field, scalarOf(value))
    case '$ne':
      return { kind: 'none', of: [equal(field, scalarOf(value))] }
    case '$in':
      return oneOf(field, listOf(value))
    case '$nin':
      return { kind: 'none', of: [oneOf(field, listOf(value))] }
    case '$all':
      return { kind: 'all', of: listOf(value).map((each) => equal(field, scalarOf(each))) }
    case '$lt':
    case '$lte':
    case '$gt':
    case '$gte':
      return compared(field, operator, scalarOf(value))
    case '$exists':
      return value === false
        ? { kind: 'none', of: [tested(field, { test: 'exists' })] }
        : tested(field, { test: 'exists' })
    case '$contains':
      return tested(field, { test: 'contains', text: textOf(value) })
    case '$regex':
      return tested(field, {
        test: 'like',
        pattern: withoutPrefix(field, readPattern(textOf(value))),
      })
    case '$size':
      return tested(field, { test: 'count', count: Number(scalarOf(value)) })
    case '$not':
      return { kind: 'none', of: [readOperand(field, value)] }
    default:
      throw refusal(`${operator} is not known here`)
  }
}

function tested({ name }: Field, test: FieldTest): Filter {
  return { kind: 'field', field: name, ...test }
}

function scalarOf(value: unknown): FilterValue {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
    return value
  throw refusal('a text, a number or a truth value was expected')
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value
  throw refusal('a text was expected')
}

/** Of a time without a fraction the whole second is meant: that is all that the client shows. */
function equal(field: Field, value: FilterValue): Filter {
  if (field.kind !== 'time') return oneOf(field, [value])
  const of = [compared(field, '$gte', value), compared(field, '$lte', value)]
  return { kind: 'all', of }
}

function oneOf(field: Field, values: readonly unknown[]): Filter {
  const scalars = values.map(scalarOf)
  // What is listed is committed: no version is asked for its state.
  if (field.kind === 'state')
    return scalars.includes('COMMITTED') ? EVERYTHING : { kind: 'any', of: [] }
  if (field.kind === 'time') return { kind: 'any', of: scalars.map((each) => equal(field, each)) }
  return tested(field, { test: 'in', values: scalars.map((value) => operandOf(field, value)) })
}

type Comparison = 'lt' | 'lte' | 'gt' | 'gte'

function compared(field: Field, operator: string, value: FilterValue): Filter {
  const test = operator.slice(1) as Comparison
  if (field.kind !== 'time') return tested(field, { test, value: operandOf(field, value) })
  const { from, to } = secondOf(value)
  if (test === 'lte') return tested(field, { test: 'lt', value: to })
  if (test === 'gt') return tested(field, { test: 'gte', value: to })
  return tested(field, { test, value: from })
}

/** The span that a time names, the end not included. */
function secondOf(value: FilterValue): { readonly from: number; readonly to: number } {
  const [day = '', clock = '00:00:00'] = String(value).replace(/[Zz]$/, '').split(/[Tt ]/, 2)
  const isZoned = /[+-]\d{2}:\d{2}$/.test(clock)
  const from = parseTime(`${day}T${clock}${isZoned ? '' : 'Z'}`)
  if (from === undefined)
    throw refusal(`${JSON.stringify(value)} is no time such as "2026-03-01T12:00:00Z"`)
  return { from, to: clock.includes('.') ? from + 1 : from + SECOND }
}

/** What the client calls something, as the registry calls it. */
function operandOf({ kind }: Field, value: FilterValue): FilterValue {
  switch (kind) {
    case 'registryName':
      return typeof value === 'string' ? registryNameOf(value) : value
    case 'collectionId':
      return findInNodeId('ArtifactCollection', String(value)) ?? value
    case 'versionId':
      return findInNodeId('Artifact', String(value)) ?? value
    default:
      return value
  }
}

/** `^`, `$` and `.*` are all that is known of regular expressions; all else is plain text. */
function readPattern(source: string): TextPattern {
  const body = source.replace(/^\^/, '')
  const parts: string[] = ['']
  let toEnd = false
  for (let at = 0; at < body.length; at += 1) {
    const char = body[at] ?? ''
    const next = body[at + 1] ?? ''
    if (char === '.' && next === '*') parts.push('')
    else if (char === '$' && next === '') toEnd = true
    else if (/[.^$*+?()[\]{}|]/.test(char) || (char === '\\' && !/[^A-Za-z0-9]/.test(next)))
      throw refusal(
        `$regex is plain text here, with "^", "$" and ".*"; "${char}" would be more. Put a ` +
          'backslash before it where it stands for itself, or use $contains or $in',
      )
    else parts.push(`${parts.pop()}${char === '\\' ? next : char}`)
    if (char === '\\' || (char === '.' && next === '*')) at += 1
  }
  return { parts, fromStart: body !== source, toEnd }
}

/** A registry's name is known here without the prefix that its project has for the client. */
function withoutPrefix({ kind }: Field, pattern: TextPattern): TextPattern {
  const [first = '', ...rest] = pattern.parts
  if (kind !== 'registryName') return pattern
  return { ...pattern, parts: [registryNameOf(first), ...rest] }
}

/**
 * Reads `order`: `+` or `-`, then a field's name. Without a sign it is ascending. Throws
 * `request_invalid`.
 */
export function readOrder<Name extends string>(
  order: string | undefined,
  names: Readonly<Record<string, Name>>,
): { readonly field: Name; readonly direction: 'asc' | 'desc' } | null {
  if (order === undefined || order === '') return null
  const [, sign = '', name = ''] = /^([+-]?)(\w+)$/.exec(order) ?? []
  const field = Object.hasOwn(names, name) ? names[name] : undefined
  if (field === undefined)
    throw new RegistryError(
      'request_invalid',
      `This list cannot be had in the order ${JSON.stringify(order)}. ` +
        `Orders: ${Object.keys(names).join(', ')}, with "+" or "-" before.`,
    )
  return { field, direction: sign === '-' ? 'desc' : 'asc' }
}

/** Of registries and collections. */
export const ORDERS: Readonly<Record<string, Order['field']>> = {
  name: 'name',
  created_at: 'createdAt',
  createdAt: 'createdAt',
  updated_at: 'updatedAt',
  updatedAt: 'updatedAt',
}

function refusal(why: string): RegistryError {
  return new RegistryError('request_invalid', `The filter is refused: ${why}.`)
}
