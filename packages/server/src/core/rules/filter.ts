import { RegistryError } from '../errors.ts'
import {
  MAX_FIELD_CHARACTERS,
  MAX_FILTER_DEPTH,
  MAX_FILTER_PARTS,
  MAX_FILTER_VALUES,
  MAX_PATTERN_PARTS,
} from '../limits.ts'
import type { FieldTest, Filter, FilterValue, TextPattern } from '../model/filter.ts'

/** The values of a field of one row; none where the row has no such field. */
export type ValuesOf = (field: string) => readonly FilterValue[]

/**
 * Throws `request_invalid` for a filter that is too deep or too long, or that asks for a field that
 * the search does not have.
 */
export function checkFilter(filter: Filter, hasField: (field: string) => boolean): void {
  const seen = { parts: 0, values: 0 }
  check(filter, hasField, seen, 1)
}

function check(
  filter: Filter,
  hasField: (field: string) => boolean,
  seen: { parts: number; values: number },
  depth: number,
): void {
  seen.parts += 1
  if (seen.parts > MAX_FILTER_PARTS || depth > MAX_FILTER_DEPTH)
    throw refusal(
      `it has more than ${MAX_FILTER_PARTS} conditions or is nested deeper than ` +
        `${MAX_FILTER_DEPTH} levels`,
    )
  if (filter.kind !== 'field') {
    for (const inner of filter.of) check(inner, hasField, seen, depth + 1)
    return
  }
  if (!hasField(filter.field)) throw refusal(`nothing is known here of "${filter.field}"`)
  if (filter.test === 'in') seen.values += filter.values.length
  if (seen.values > MAX_FILTER_VALUES)
    throw refusal(`it compares with more than ${MAX_FILTER_VALUES} values`)
  const texts =
    filter.test === 'contains' ? [filter.text] : filter.test === 'like' ? filter.pattern.parts : []
  if (texts.length > MAX_PATTERN_PARTS || texts.some((text) => text.length > MAX_FIELD_CHARACTERS))
    throw refusal(
      `a text to look for has more than ${MAX_FIELD_CHARACTERS} characters, or a pattern more ` +
        `than ${MAX_PATTERN_PARTS} parts`,
    )
}

function refusal(why: string): RegistryError {
  return new RegistryError('request_invalid', `The filter is refused: ${why}.`)
}

/** Whether a row meets a filter. */
export function meets(filter: Filter, valuesOf: ValuesOf): boolean {
  switch (filter.kind) {
    case 'all':
      return filter.of.every((inner) => meets(inner, valuesOf))
    case 'any':
      return filter.of.some((inner) => meets(inner, valuesOf))
    case 'none':
      return !filter.of.some((inner) => meets(inner, valuesOf))
    case 'field':
      return passes(filter, valuesOf(filter.field))
  }
}

function passes(test: FieldTest, values: readonly FilterValue[]): boolean {
  switch (test.test) {
    case 'in':
      return values.some((value) => test.values.includes(value))
    case 'lt':
      return values.some((value) => compare(value, test.value) < 0)
    case 'lte':
      return values.some((value) => compare(value, test.value) <= 0)
    case 'gt':
      return values.some((value) => compare(value, test.value) > 0)
    case 'gte':
      return values.some((value) => compare(value, test.value) >= 0)
    case 'exists':
      return values.length > 0
    case 'contains':
      return values.some((value) => typeof value === 'string' && value.includes(test.text))
    case 'like':
      return values.some((value) => typeof value === 'string' && isLike(value, test.pattern))
    case 'count':
      return values.length === test.count
  }
}

/** `NaN`, which is neither less nor more nor equal, for what cannot be compared. */
function compare(left: FilterValue, right: FilterValue): number {
  if (typeof left === 'number' && typeof right === 'number') return left - right
  if (typeof left !== 'string' || typeof right !== 'string') return Number.NaN
  if (left === right) return 0
  return left < right ? -1 : 1
}

/** Each part is looked for behind the one before, at its first place: no way back, no blow-up. */
function isLike(text: string, { parts, fromStart, toEnd }: TextPattern): boolean {
  if (parts.length === 1 && fromStart && toEnd) return text === parts[0]
  let at = 0
  for (const [index, part] of parts.entries()) {
    if (toEnd && index === parts.length - 1)
      return text.length - part.length >= at && text.endsWith(part)
    const begins = index === 0 && fromStart
    const found = begins ? (text.startsWith(part) ? 0 : -1) : text.indexOf(part, at)
    if (found === -1) return false
    at = found + part.length
  }
  return true
}
