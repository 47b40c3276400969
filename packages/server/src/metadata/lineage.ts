import type { LineageWrites } from '../core/ports/metadata-store-runs.ts'
import type { LineageRow } from './schema.ts'
import type { Session } from './session.ts'
import { define, defineRows } from './statement.ts'

const versionsOf = define(
  'lineage.versionsOf',
  ({ db }, p: { run_id: number; direction: string }) =>
    db
      .selectFrom('lineage')
      .select('version_id')
      .where('run_id', '=', p.run_id)
      .where('direction', '=', p.direction)
      .orderBy('time')
      .orderBy('version_id'),
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
    versionsOf: async (runId, direction) =>
      (await session.all(versionsOf, { run_id: runId, direction })).map((row) => row.version_id),
    runsOf: async (versionId, direction, limit) => {
      const rows = await session.all(runsOf, { version_id: versionId, direction, limit })
      return rows.map((row) => row.run_id)
    },
    record: async ({ runId, versionId, direction, usedAs, time }) => {
      await session.insertRows(record, [
        { run_id: runId, version_id: versionId, direction, used_as: usedAs, time },
      ])
    },
  }
}
