import { leafOf } from '../model/dotted.ts'
import type { Filter, FilterValue } from '../model/filter.ts'
import { looseObject } from '../model/loose-json.ts'
import type { Run, RunTexts } from '../model/run.ts'
import { configValues } from '../model/run-config.ts'

/** A run with what its fields are read from. */
export interface SearchedRun {
  readonly run: Run
  readonly username: string
  readonly texts: RunTexts | undefined
}

type Read = (searched: SearchedRun) => unknown

/** What a run can be searched and sorted by, beside the leaves of its config and summary. */
const FIELDS: ReadonlyMap<string, Read> = new Map<string, Read>([
  ['name', ({ run }) => run.name],
  ['displayName', ({ run }) => run.displayName],
  // Both in small letters, for who looks for a word.
  ['anyName', ({ run }) => [run.name, run.displayName].map((name) => name.toLowerCase())],
  ['state', ({ run }) => run.state],
  ['tags', ({ run }) => run.tags],
  ['group', ({ run }) => run.group],
  ['jobType', ({ run }) => run.jobType],
  ['username', ({ username }) => username],
  ['host', ({ run }) => run.host],
  ['createdAt', ({ run }) => run.createdAt],
  ['heartbeatAt', ({ run }) => run.heartbeatAt],
  // Seconds.
  ['duration', ({ run }) => (run.heartbeatAt - run.createdAt) / 1_000_000],
])
const CONFIG = 'config.'
const SUMMARY = 'summary.'

export function isRunField(field: string): boolean {
  return FIELDS.has(field) || isOfTexts(field)
}

/** Whether a run's large texts must be read for this field. */
export function isOfTexts(field: string): boolean {
  return field.startsWith(CONFIG) || field.startsWith(SUMMARY)
}

export function needsTexts(filter: Filter): boolean {
  return filter.kind === 'field' ? isOfTexts(filter.field) : filter.of.some(needsTexts)
}

/** The value of a field; undefined or null where the run lacks it. */
export function fieldOfRun(searched: SearchedRun, field: string): unknown {
  const { texts } = searched
  if (field.startsWith(CONFIG)) return fieldOfConfig(texts?.config ?? '{}', field)
  if (field.startsWith(SUMMARY))
    return leafOf(looseObject(texts?.summary ?? '{}'), field.slice(SUMMARY.length))
  return FIELDS.get(field)?.(searched)
}

/** `config.rate`, or as the config is kept, `config.rate.value`: wandb's users write both. */
function fieldOfConfig(config: string, field: string): unknown {
  const path = field.slice(CONFIG.length)
  return leafOf(configValues(config), path) ?? leafOf(looseObject(config), path)
}

export function valuesOfRun(searched: SearchedRun, field: string): readonly FilterValue[] {
  const value = fieldOfRun(searched, field)
  return (Array.isArray(value) ? value : [value]).filter(isFilterValue)
}

function isFilterValue(value: unknown): value is FilterValue {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
}

/** By what a run is sorted; null where it lacks the field, or where that is no number. */
export function keyOfRun(searched: SearchedRun, field: string): number | string | null {
  const value = fieldOfRun(searched, field)
  // Bare numbers that are no JSON have been read as texts.
  if (value === 'Infinity') return Number.MAX_VALUE
  if (value === '-Infinity') return -Number.MAX_VALUE
  if (value === 'NaN') return null
  return typeof value === 'number' || typeof value === 'string' ? value : null
}

/** The order of two keys: numbers before texts, each by value. */
export function compareKeys(a: number | string, b: number | string): number {
  if (typeof a !== typeof b) return typeof a === 'number' ? -1 : 1
  return a < b ? -1 : a > b ? 1 : 0
}
