import type { ContentDigest } from '../core/model/digest.ts'
import type { RunFile } from '../core/model/run.ts'
import type { RunFileWrites } from '../core/ports/metadata-store-runs.ts'
import { mapFound } from './columns.ts'
import type { RunFileRow } from './schema.ts'
import type { Session } from './session.ts'
import { define, defineRows } from './statement.ts'

const find = define('runFile.find', ({ db }, p: { run_id: number; name: string }) =>
  db.selectFrom('run_file').selectAll().where('run_id', '=', p.run_id).where('name', '=', p.name),
)

const list = define('runFile.list', ({ db }, p: { run_id: number; after: string; limit: number }) =>
  db
    .selectFrom('run_file')
    .selectAll()
    .where('run_id', '=', p.run_id)
    .where('name', '>', p.after)
    .orderBy('name')
    .limit(p.limit),
)

const put = defineRows<RunFileRow>(
  'runFile.put',
  'run_file',
  {
    run_id: 'integer',
    name: 'text',
    digest: 'text',
    size: 'integer',
    md5: 'text',
    updated_at: 'integer',
  },
  `(run_id, name) do update set digest = excluded.digest, size = excluded.size,
    md5 = excluded.md5, updated_at = excluded.updated_at`,
)

const count = define('runFile.count', ({ db }, p: { run_id: number }) =>
  db
    .selectFrom('run_file')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('run_id', '=', p.run_id),
)

const remove = define(
  'runFile.remove',
  ({ db, textIn }, p: { run_id: number; names: readonly string[] }) =>
    db.deleteFrom('run_file').where('run_id', '=', p.run_id).where(textIn('name', p.names)),
)

export function runFiles(session: Session): RunFileWrites {
  return {
    find: async (runId, name) =>
      mapFound(await session.first(find, { run_id: runId, name }), toRunFile),
    list: async ({ runId, after, limit }) =>
      (await session.all(list, { run_id: runId, after, limit })).map(toRunFile),
    count: async (runId) => (await session.first(count, { run_id: runId }))?.count ?? 0,
    remove: async (runId, names) => {
      await session.run(remove, { run_id: runId, names })
    },
    put: async ({ runId, name, digest, size, md5, updatedAt }) => {
      await session.insertRows(put, [
        { run_id: runId, name, digest, size, md5, updated_at: updatedAt },
      ])
    },
  }
}

function toRunFile(row: RunFileRow): RunFile {
  return {
    runId: row.run_id,
    name: row.name,
    digest: row.digest as ContentDigest,
    size: row.size,
    md5: row.md5,
    updatedAt: row.updated_at,
  }
}
