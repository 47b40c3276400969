import { looseObject } from './loose-json.ts'
import type { Run, RunTexts } from './run.ts'
import { configValues } from './run-config.ts'

/** What a run can be searched and sorted by. */
export type RunField =
  | {
      readonly of:
        | 'name'
        | 'displayName'
        | 'state'
        | 'tags'
        | 'group'
        | 'jobType'
        | 'username'
        | 'createdAt'
        | 'heartbeatAt'
        | 'duration'
    }
  /** A leaf of its config or summary, by its dotted path. */
  | { readonly of: 'config' | 'summary'; readonly path: string }

/** What a run must be. */
export type RunCondition =
  | { readonly kind: 'all' | 'any'; readonly of: readonly RunCondition[] }
  | { readonly kind: 'not'; readonly of: RunCondition }
  /** `holds` sees undefined where the run lacks the field; times are microseconds. */
  | {
      readonly kind: 'field'
      readonly field: RunField
      readonly holds: (value: unknown) => boolean
    }

export interface RunSort {
  readonly field: RunField
  readonly direction: 'asc' | 'desc'
}

/** A run with what its fields are read from. */
export interface SearchedRun {
  readonly run: Run
  readonly username: string
  readonly texts: RunTexts | undefined
}

export function meets(searched: SearchedRun, condition: RunCondition): boolean {
  switch (condition.kind) {
    case 'all':
      return condition.of.every((each) => meets(searched, each))
    case 'any':
      return condition.of.some((each) => meets(searched, each))
    case 'not':
      return !meets(searched, condition.of)
    case 'field':
      return condition.holds(fieldOfRun(searched, condition.field))
  }
}

/** Whether the large texts must be read to know. */
export function needsTexts(condition: RunCondition | null): boolean {
  if (condition === null) return false
  if (condition.kind === 'field') return isOfTexts(condition.field)
  return condition.kind === 'not' ? needsTexts(condition.of) : condition.of.some(needsTexts)
}

export function isOfTexts({ of }: RunField): boolean {
  return of === 'config' || of === 'summary'
}

export function fieldOfRun({ run, username, texts }: SearchedRun, field: RunField): unknown {
  switch (field.of) {
    case 'username':
      return username
    case 'duration':
      return (run.heartbeatAt - run.createdAt) / 1_000_000
    case 'config':
      return leafOf(configValues(texts?.config ?? '{}'), field.path)
    case 'summary':
      return leafOf(looseObject(texts?.summary ?? '{}'), field.path)
    default:
      return run[field.of] ?? undefined
  }
}

/** A value by its dotted path; a name may hold dots itself. */
export function leafOf(object: unknown, path: string): unknown {
  if (typeof object !== 'object' || object === null || Array.isArray(object)) return undefined
  const values = object as Readonly<Record<string, unknown>>
  if (Object.hasOwn(values, path)) return values[path]
  for (let dot = path.indexOf('.'); dot !== -1; dot = path.indexOf('.', dot + 1)) {
    const name = path.slice(0, dot)
    if (!Object.hasOwn(values, name)) continue
    const leaf = leafOf(values[name], path.slice(dot + 1))
    if (leaf !== undefined) return leaf
  }
  return undefined
}

/** Below zero, zero, above: numbers before texts, by value; undefined for what has no order. */
export function compareValues(a: unknown, b: unknown): number | undefined {
  if (typeof a === 'number' && typeof b === 'number') return a - b
  if (typeof a === 'string' && typeof b === 'string') return a < b ? -1 : a > b ? 1 : 0
  if (typeof a === 'number' && typeof b === 'string') return -1
  if (typeof a === 'string' && typeof b === 'number') return 1
  return undefined
}
