import { RegistryError } from '../../core/errors.ts'
import { decodeCursor } from '../../core/model/page.ts'
import type { RunCondition, RunField, RunSort } from '../../core/model/run-search.ts'
import type { RunListKey } from '../../core/operations/list-runs.ts'
import { notOfThisList } from './read-request.ts'

// How runs are asked for: `?state=&jobType=&group=&tag=&createdBy=&contains=&sort=`.

interface AskedRuns {
  readonly state?: string
  readonly jobType?: string
  readonly group?: string
  readonly tag?: string
  readonly createdBy?: string
  readonly contains?: string
  readonly sort?: string
}

export function runCondition(asked: AskedRuns): RunCondition | null {
  const { state, jobType, group, tag, createdBy, contains } = asked
  const all = [
    ...equals('state', state),
    ...equals('jobType', jobType),
    ...equals('group', group),
    ...equals('username', createdBy),
    ...(tag === undefined ? [] : [field('tags', (tags) => (tags as string[]).includes(tag))]),
    ...(contains === undefined ? [] : [nameContains(contains)]),
  ]
  return all.length === 0 ? null : { kind: 'all', of: all }
}

type Named = Exclude<RunField['of'], 'config' | 'summary'>

function field(of: Named, holds: (value: unknown) => boolean): RunCondition {
  return { kind: 'field', field: { of }, holds }
}

function equals(of: Named, wanted: string | undefined): RunCondition[] {
  return wanted === undefined ? [] : [field(of, (value) => value === wanted)]
}

function nameContains(text: string): RunCondition {
  const wanted = text.toLowerCase()
  const holds = (value: unknown) => String(value).toLowerCase().includes(wanted)
  return { kind: 'any', of: [field('name', holds), field('displayName', holds)] }
}

const SORTABLE: ReadonlySet<string> = new Set<Named>([
  'createdAt',
  'heartbeatAt',
  'displayName',
  'name',
  'duration',
])
const LEAF = /^(config|summary)\.(.{1,256})$/s

export function runSort(sort = '-createdAt'): RunSort {
  const direction = sort.startsWith('-') ? 'desc' : 'asc'
  const name = sort.replace(/^-/, '')
  if (SORTABLE.has(name)) return { field: { of: name as Named }, direction }
  const [, of, path] = LEAF.exec(name) ?? []
  if ((of === 'config' || of === 'summary') && path !== undefined)
    return { field: { of, path }, direction }
  throw new RegistryError(
    'request_invalid',
    `Runs are not sorted by ${JSON.stringify(sort.slice(0, 200))}: there are ` +
      `${[...SORTABLE].join(', ')}, summary.<path>, config.<path>, each also with "-" before it.`,
  )
}

export const CURSOR = 'runs'

/** The key of the next page, which names the sort: under another one it means nothing. */
export function runCursor({ sort = '' }: AskedRuns, next: RunListKey | null): string | null {
  return next === null ? null : JSON.stringify([sort, next.id, next.value])
}

export function runKeyOf({ sort = '' }: AskedRuns, cursor: string | undefined): RunListKey | null {
  if (cursor === undefined) return null
  const [name, id, value] = partsOf(String(decodeCursor(CURSOR, cursor)))
  const isValue = value === null || typeof value === 'number' || typeof value === 'string'
  if (name !== sort || !Number.isSafeInteger(id) || !isValue) return notOfThisList()
  return { id: Number(id), value }
}

function partsOf(text: string): readonly unknown[] {
  try {
    const parts: unknown = JSON.parse(text)
    return Array.isArray(parts) ? parts : []
  } catch {
    return []
  }
}
