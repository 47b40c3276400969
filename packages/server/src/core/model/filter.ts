/** A value that a filter compares: text, a number (a time is microseconds), a truth value. */
export type FilterValue = string | number | boolean

/**
 * What rows a search wants. A field may have several values (tags): a test holds where one of them
 * meets it. Which fields there are, the search says.
 */
export type Filter =
  | { readonly kind: 'all' | 'any' | 'none'; readonly of: readonly Filter[] }
  | ({ readonly kind: 'field'; readonly field: string } & FieldTest)

export type FieldTest =
  | { readonly test: 'in'; readonly values: readonly FilterValue[] }
  /** Numbers are compared with numbers, texts with texts; all else does not hold. */
  | { readonly test: 'lt' | 'lte' | 'gt' | 'gte'; readonly value: FilterValue }
  | { readonly test: 'exists' }
  | { readonly test: 'contains'; readonly text: string }
  | { readonly test: 'like'; readonly pattern: TextPattern }
  | { readonly test: 'count'; readonly count: number }

/** Literal parts in this order with anything between them. */
export interface TextPattern {
  readonly parts: readonly string[]
  /** The first part begins the text; the last part ends it. */
  readonly fromStart: boolean
  readonly toEnd: boolean
}

/** The filter that everything meets. */
export const EVERYTHING: Filter = { kind: 'all', of: [] }

export function isEverything(filter: Filter): boolean {
  return filter.kind === 'all' && filter.of.length === 0
}
