import type { Version } from '@greenroom/sdk/wire'

// The grammar of a filter, as the API has it (`field:comparison:value`), and what may come next.

type Kind = 'name' | 'text' | 'number' | 'time' | 'any'

const FIELDS: readonly (readonly [name: string, kind: Kind, meaning: string])[] = [
  ['alias', 'name', 'a stage or alias that it bears'],
  ['tag', 'text', 'one of its tags'],
  ['createdBy', 'name', 'who made it'],
  ['createdAt', 'time', 'when it was made'],
  ['linkedAt', 'time', 'when it came into this collection'],
  ['size', 'number', 'bytes'],
  ['fileCount', 'number', 'how many files'],
]

const WORDS: Readonly<Record<string, string>> = {
  eq: 'is',
  ne: 'is not',
  gt: 'is above',
  gte: 'is at least',
  lt: 'is below',
  lte: 'is at most',
  exists: 'is there',
  missing: 'is not there',
}

/** Without a value. */
const UNARY = ['exists', 'missing']

const COMPARISONS: Readonly<Record<Kind, readonly string[]>> = {
  name: ['eq', 'ne'],
  text: ['eq', 'ne', 'exists', 'missing'],
  number: ['gte', 'lte', 'gt', 'lt', 'eq', 'ne'],
  time: ['gte', 'lte', 'gt', 'lt'],
  any: ['gte', 'lte', 'gt', 'lt', 'eq', 'ne', 'exists', 'missing'],
}

export interface Suggestion {
  readonly text: string
  /** In plain words. */
  readonly meaning: string
}

export interface Known {
  readonly versions: readonly Version[]
  readonly metrics: readonly string[]
  readonly aliases: readonly string[]
}

const MOST = 12

/** What may come next: a field, then how it is compared, then a value that is there. */
export function suggestionsFor(typed: string, known: Known): readonly Suggestion[] {
  const [field = '', comparison, value] = partsOf(typed)
  if (comparison === undefined) return fieldsOf(field, known)
  const kind = FIELDS.find(([name]) => name === field)?.[1] ?? 'any'
  if (value === undefined)
    return COMPARISONS[kind]
      .filter((one) => one.startsWith(comparison))
      .map((one) => ({
        text: UNARY.includes(one) ? `${field}:${one}` : `${field}:${one}:`,
        meaning: WORDS[one] ?? '',
      }))
  return valuesOf(field, known)
    .filter((one) => one.includes(value))
    .slice(0, MOST)
    .map((one) => ({ text: `${field}:${comparison}:${one}`, meaning: '' }))
}

/** Whether it says enough to be asked; else more must be typed. */
export function isCondition(typed: string): boolean {
  const [field = '', comparison = '', value] = partsOf(typed)
  if (field === '' || WORDS[comparison] === undefined) return false
  return UNARY.includes(comparison) ? value === undefined : value !== undefined && value !== ''
}

/** A value may have colons of its own, as a time has. */
function partsOf(typed: string): (string | undefined)[] {
  const [, field, comparison, value] = /^([^:]*)(?::([a-z]*)(?::(.*))?)?$/s.exec(typed) ?? []
  return [field, comparison, value]
}

function fieldsOf(typed: string, { metrics }: Known): readonly Suggestion[] {
  const measured = metrics.map((key) => ({ text: `metadata.${key}:`, meaning: 'a metric' }))
  const fixed = FIELDS.map(([name, , meaning]) => ({ text: `${name}:`, meaning }))
  return [...measured.slice(0, MOST / 2), ...fixed, ...measured.slice(MOST / 2)]
    .filter(({ text }) => text.toLowerCase().includes(typed.toLowerCase()))
    .slice(0, MOST)
}

function valuesOf(field: string, { versions, aliases }: Known): readonly string[] {
  if (field === 'alias') return aliases
  if (field === 'tag') return [...new Set(versions.flatMap(({ tags }) => tags))]
  if (field === 'createdBy') return [...new Set(versions.map(({ createdBy }) => createdBy))]
  return []
}
