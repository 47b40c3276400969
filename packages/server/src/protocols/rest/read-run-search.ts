import { RegistryError } from '../../core/errors.ts'
import type { Filter } from '../../core/model/filter.ts'
import { decodeCursor } from '../../core/model/page.ts'
import type { RunListKey, RunSort } from '../../core/operations/list-runs.ts'
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

export function runFilter(asked: AskedRuns): Filter {
  const { state, jobType, group, tag, createdBy, contains } = asked
  return {
    kind: 'all',
    of: [
      ...equals('state', state),
      ...equals('jobType', jobType),
      ...equals('group', group),
      ...equals('tags', tag),
      ...equals('username', createdBy),
      ...(contains === undefined
        ? []
        : [{ ...field('anyName'), test: 'contains', text: contains.toLowerCase() } as const]),
    ],
  }
}

function field(name: string) {
  return { kind: 'field', field: name } as const
}

function equals(name: string, wanted: string | undefined): Filter[] {
  return wanted === undefined ? [] : [{ ...field(name), test: 'in', values: [wanted] }]
}

const SORTABLE = ['createdAt', 'heartbeatAt', 'displayName', 'name', 'duration']
const LEAF = /^(config|summary)\..{1,256}$/s

export function runSort(sort = '-createdAt'): RunSort {
  const direction = sort.startsWith('-') ? 'desc' : 'asc'
  const name = sort.replace(/^-/, '')
  if (SORTABLE.includes(name) || LEAF.test(name)) return { field: name, direction }
  throw new RegistryError(
    'request_invalid',
    `Runs are not sorted by ${JSON.stringify(sort.slice(0, 200))}: there are ` +
      `${SORTABLE.join(', ')}, summary.<path>, config.<path>, each also with "-" before it.`,
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
