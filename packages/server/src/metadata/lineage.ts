import { type SqlBool, sql } from 'kysely'
import type { LineageWrites } from '../core/ports/metadata-store-runs.ts'
import type { LineageRow } from './schema.ts'
import type { Session } from './session.ts'
import { define, defineRows } from './statement.ts'

interface VersionsPage {
  readonly run_id: number
  readonly direction: string
  readonly after_time: number
  readonly after_version: string
  readonly limit: number
}

const versionsOf = define('lineage.versionsOf', ({ db }, p: VersionsPage) =>
  db
    .selectFrom('lineage')
    .select(['version_id', 'time'])
    .where('run_id', '=', p.run_id)
    .where('direction', '=', p.direction)
    .where(sql<SqlBool>`(time, version_id) > (${p.after_time}, ${p.after_version})`)
    .orderBy('time')
    .orderBy('version_id')
    .limit(p.limit),
)

const countVersions = define(
  'lineage.countVersions',
  ({ db }, p: { run_id: number; direction: string }) =>
    db
      .selectFrom('lineage')
      .select(({ fn }) => fn.countAll<number>().as('count'))
      .where('run_id', '=', p.run_id)
      .where('direction', '=', p.direction),
)

const runsOf = define(
  'lineage.runsOf',
  ({ db }, p: { version_id: string; direction: string; limit: number }) =>
    db
      .selectFrom('lineage')
      .select('run_id')
      .where('version_id', '=', p.version_id)
      .where('direction', '=', p.direction)
      .orderBy('time')
      .orderBy('run_id')
      .limit(p.limit),
)

const record = defineRows<LineageRow>(
  'lineage.record',
  'lineage',
  {
    run_id: 'integer',
    version_id: 'text',
    direction: 'text',
    used_as: 'text',
    time: 'integer',
  },
  'do nothing',
)

export function lineage(session: Session): LineageWrites {
  return {
    versionsOf: async ({ runId, direction, after, limit }) => {
      const from = { after_time: after?.time ?? -1, after_version: after?.versionId ?? '' }
      const rows = await session.all(versionsOf, { run_id: runId, direction, ...from, limit })
      return rows.map((row) => ({ versionId: row.version_id, time: row.time }))
    },
    countVersions: async (runId, direction) =>
      Number((await session.first(countVersions, { run_id: runId, direction }))?.count ?? 0),
    runsOf: async (versionId, direction, limit) => {
      const rows = await session.all(runsOf, { version_id: versionId, direction, limit })
      return rows.map((row) => row.run_id)
    },
    record: async ({ runId, versionId, direction, usedAs, time }) => {
      const row = { run_id: runId, version_id: versionId, direction, used_as: usedAs, time }
      return (await session.insertRows(record, [row])) === 1
    },
  }
}
