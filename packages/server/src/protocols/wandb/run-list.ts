import { RegistryError } from '../../core/errors.ts'
import type { Owner } from '../../core/model/owner.ts'
import { encodeCursor } from '../../core/model/page.ts'
import { countRuns } from '../../core/operations/count-runs.ts'
import { listRuns, type RunListKey, type RunSort } from '../../core/operations/list-runs.ts'
import { keyAfter, pageSize } from './answers.ts'
import type { Call } from './call.ts'
import { type FieldTable, readFilter } from './filters.ts'
import type { RunSource } from './runs.ts'
import type { SearchArguments } from './searched.ts'

const FIELDS: FieldTable = {
  name: ['name', 'text'],
  display_name: ['displayName', 'text'],
  displayName: ['displayName', 'text'],
  state: ['state', 'text'],
  tags: ['tags', 'text'],
  group: ['group', 'text'],
  job_type: ['jobType', 'text'],
  jobType: ['jobType', 'text'],
  username: ['username', 'text'],
  host: ['host', 'text'],
  created_at: ['createdAt', 'time'],
  createdAt: ['createdAt', 'time'],
  heartbeat_at: ['heartbeatAt', 'time'],
  heartbeatAt: ['heartbeatAt', 'time'],
  duration: ['duration', 'number'],
  config: ['config', 'any'],
  summary_metrics: ['summary', 'any'],
  summaryMetrics: ['summary', 'any'],
  summary: ['summary', 'any'],
}

/** Oldest first, unless `order` says otherwise. */
export async function runs(owner: Owner, args: SearchArguments, call: Call) {
  const { page } = await listRuns(call.app.registry, call.actor, {
    owner,
    filter: readFilter(args.filters, FIELDS),
    sort: readSort(args.order),
    after: readKey(args),
    limit: pageSize(args, 50),
  })
  // A page goes on at its end only, so each of its edges names that.
  const cursor = page.next === null ? null : cursorOf(page.next)
  return {
    edges: page.items.map((run) => ({
      node: { type: 'Run', owner, run, view: null } satisfies RunSource,
      cursor: cursor ?? '',
    })),
    pageInfo: { endCursor: cursor, hasNextPage: cursor !== null },
  }
}

export function runCount(owner: Owner, args: SearchArguments, call: Call): Promise<number> {
  const filter = readFilter(args.filters, FIELDS)
  return countRuns(call.app.registry, call.actor, { owner, filter })
}

function cursorOf({ id, value }: RunListKey): string {
  return encodeCursor('runs', JSON.stringify([id, value]))
}

function readKey(args: SearchArguments): RunListKey | null {
  const key = keyAfter('runs', args)
  if (key === undefined) return null
  const [id, value = null] = JSON.parse(String(key)) as [number, number | string | null]
  return { id, value }
}

/** `+created_at`, `-heartbeat_at`, `-config.rate.value`, `+summary_metrics.loss`. */
function readSort(order = '+created_at'): RunSort {
  const [, sign = '', name = ''] = /^([+-]?)(.+)$/s.exec(order) ?? []
  const direction = sign === '-' ? 'desc' : 'asc'
  const [root = '', ...path] = name.split('.')
  const field = Object.hasOwn(FIELDS, root) ? FIELDS[root]?.[0] : undefined
  const isLeaf = field === 'config' || field === 'summary'
  if (field === undefined || isLeaf !== path.length > 0)
    throw new RegistryError(
      'request_invalid',
      `Runs cannot be had in the order ${JSON.stringify(order.slice(0, 200))}.`,
    )
  return { field: [field, ...path].join('.'), direction }
}
