import { sql } from 'kysely'
import type { Run, RunState, RunTexts } from '../core/model/run.ts'
import type { RunWrites } from '../core/ports/metadata-store-runs.ts'
import { checkChanged, insertNew, mapFound, parseNames } from './columns.ts'
import type { Dialect } from './dialects/dialect.ts'
import type { DiscardedRunRow, RunRow, RunTextRow } from './schema.ts'
import type { Session } from './session.ts'
import { define, defineRows } from './statement.ts'

/** Above every id: where a list of the newest begins. */
const NEWEST = Number.MAX_SAFE_INTEGER

function selectLive({ db }: Dialect) {
  return db.selectFrom('run').selectAll().where('deleted_at', 'is', null)
}

const find = define('run.find', (dialect, p: { owner_id: number; name: string }) =>
  selectLive(dialect).where('owner_id', '=', p.owner_id).where('name', '=', p.name),
)

const lock = define('run.lock', (dialect, p: { owner_id: number; name: string }) =>
  dialect.forUpdate(
    selectLive(dialect).where('owner_id', '=', p.owner_id).where('name', '=', p.name),
  ),
)

const lockById = define('run.lockById', (dialect, p: { id: number }) =>
  dialect.forUpdate(selectLive(dialect).where('id', '=', p.id)),
)

const findById = define('run.findById', (dialect, p: { id: number }) =>
  selectLive(dialect).where('id', '=', p.id),
)

const findMany = define('run.findMany', (dialect, p: { ids: readonly number[] }) =>
  selectLive(dialect).where(dialect.integerIn('id', p.ids)),
)

interface Page {
  readonly owner_id: number
  readonly after: number
  readonly limit: number
}

const listNewest = define('run.listNewest', (dialect, p: Page) =>
  selectLive(dialect)
    .where('owner_id', '=', p.owner_id)
    .where('id', '<', p.after)
    .orderBy('id', 'desc')
    .limit(p.limit),
)

const listOldest = define('run.listOldest', (dialect, p: Page) =>
  selectLive(dialect)
    .where('owner_id', '=', p.owner_id)
    .where('id', '>', p.after)
    .orderBy('id')
    .limit(p.limit),
)

const count = define('run.count', ({ db }, p: { owner_id: number }) =>
  db
    .selectFrom('run')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('owner_id', '=', p.owner_id)
    .where('deleted_at', 'is', null),
)

const texts = define('runText.find', ({ db, integerIn }, p: { ids: readonly number[] }) =>
  db.selectFrom('run_text').selectAll().where(integerIn('run_id', p.ids)),
)

const putConfig = define('runText.putConfig', ({ db }, p: { id: number; config: string }) =>
  db.updateTable('run_text').set({ config: p.config }).where('run_id', '=', p.id),
)

const putSummary = define('runText.putSummary', ({ db }, p: { id: number; summary: string }) =>
  db.updateTable('run_text').set({ summary: p.summary }).where('run_id', '=', p.id),
)

const insert = defineRows<RunRow>(
  'run.insert',
  'run',
  {
    id: 'integer',
    owner_id: 'integer',
    name: 'text',
    display_name: 'text',
    state: 'text',
    job_type: 'text',
    run_group: 'text',
    program: 'text',
    host: 'text',
    commit_id: 'text',
    notes: 'text',
    tags: 'text',
    created_by: 'integer',
    created_at: 'integer',
    heartbeat_at: 'integer',
    exit_code: 'integer',
    deleted_at: 'integer',
  },
  'do nothing',
)

const update = define('run.update', ({ db }, p: RunRow) =>
  db
    .updateTable('run')
    .set({
      display_name: p.display_name,
      state: p.state,
      job_type: p.job_type,
      run_group: p.run_group,
      program: p.program,
      host: p.host,
      commit_id: p.commit_id,
      notes: p.notes,
      tags: p.tags,
      heartbeat_at: p.heartbeat_at,
      exit_code: p.exit_code,
    })
    .where('id', '=', p.id),
)

const insertTexts = defineRows<RunTextRow>(
  'runText.insert',
  'run_text',
  { run_id: 'integer', config: 'text', summary: 'text' },
  null,
)

// No run can be named like this, so the name is free again.
const end = define('run.end', ({ raw }, p: { id: number; time: number }) =>
  raw(sql`update run set deleted_at = ${p.time}, name = 'deleted:' || id where id = ${p.id}`),
)

const endAllOf = define('run.endAllOf', ({ raw }, p: { owner_id: number; time: number }) =>
  raw(sql`
    update run set deleted_at = ${p.time}, name = 'deleted:' || id
    where owner_id = ${p.owner_id} and deleted_at is null`),
)

const discard = defineRows<DiscardedRunRow>(
  'run.discard',
  'discarded_run',
  { run_id: 'integer' },
  'do nothing',
)

const discardAllOf = define('run.discardAllOf', ({ raw }, p: { owner_id: number }) =>
  raw(sql`
    insert into discarded_run
    select id from run where owner_id = ${p.owner_id} and deleted_at is null`),
)

const listDiscarded = define('run.listDiscarded', ({ db }, p: { limit: number }) =>
  db.selectFrom('discarded_run').select('run_id').where('run_id', '>', sql.lit(0)).limit(p.limit),
)

const forget = define('run.forget', ({ db }, p: { id: number }) =>
  db.deleteFrom('discarded_run').where('run_id', '=', p.id),
)

/** Up to so many rows of a run, by the columns of the primary key behind its id. */
function removeSome(table: string, columns: string) {
  return define(`run.removeFrom_${table}`, ({ raw }, p: { id: number; limit: number }) => {
    const key = sql.raw(columns)
    return raw(sql`
      delete from ${sql.table(table)} where run_id = ${p.id} and (${key}) in (
        select ${key} from ${sql.table(table)} where run_id = ${p.id}
        order by ${key} limit ${p.limit})`)
  })
}

const REMOVALS = [
  removeSome('run_line', 'file, line'),
  removeSome('run_writer', 'file, writer'),
  removeSome('run_span', 'key, span'),
  removeSome('run_key', 'key'),
  removeSome('run_file', 'name'),
  removeSome('run_text', 'run_id'),
]

export function runs(session: Session): RunWrites {
  return {
    find: async (ownerId, name) =>
      mapFound(await session.first(find, { owner_id: ownerId, name }), toRun),
    findById: async (id) => mapFound(await session.first(findById, { id }), toRun),
    findMany: async (ids) => (await session.all(findMany, { ids })).map(toRun),
    list: async ({ ownerId, order, after, limit }) => {
      const statement = order === 'newest' ? listNewest : listOldest
      const start = order === 'newest' ? NEWEST : 0
      const page = { owner_id: ownerId, after: after ?? start, limit }
      return (await session.all(statement, page)).map(toRun)
    },
    count: async (ownerId) => (await session.first(count, { owner_id: ownerId }))?.count ?? 0,
    texts: async (ids) => {
      const rows = await session.all(texts, { ids })
      return new Map(rows.map(({ run_id, config, summary }) => [run_id, { config, summary }]))
    },
    listDiscarded: async (limit) =>
      (await session.all(listDiscarded, { limit })).map(({ run_id }) => run_id),
    lock: async (ownerId, name) =>
      mapFound(await session.first(lock, { owner_id: ownerId, name }), toRun),
    lockById: async (id) => mapFound(await session.first(lockById, { id }), toRun),
    insert: async (run, { config, summary }) => {
      await insertNew(session, insert, toRunRow(run), `Run "${run.name}"`)
      await session.insertRows(insertTexts, [{ run_id: run.id, config, summary }])
    },
    update: async (run) => checkChanged(await session.run(update, toRunRow(run)), `run ${run.id}`),
    putTexts: async (id, { config, summary }: Partial<RunTexts>) => {
      if (config !== undefined) await session.run(putConfig, { id, config })
      if (summary !== undefined) await session.run(putSummary, { id, summary })
    },
    end: async (id, time) => {
      checkChanged(await session.run(end, { id, time }), `run ${id}`)
      await session.insertRows(discard, [{ run_id: id }])
    },
    endAllOf: async (ownerId, time) => {
      await session.run(discardAllOf, { owner_id: ownerId })
      await session.run(endAllOf, { owner_id: ownerId, time })
    },
    removeDiscarded: async (id, limit) => {
      for (const removal of REMOVALS)
        if ((await session.run(removal, { id, limit })) === limit) return false
      await session.run(forget, { id })
      return true
    },
  }
}

function toRun(row: RunRow): Run {
  return {
    id: row.id,
    ownerId: row.owner_id,
    name: row.name,
    displayName: row.display_name,
    state: row.state as RunState,
    jobType: row.job_type,
    group: row.run_group,
    program: row.program,
    host: row.host,
    commit: row.commit_id,
    notes: row.notes,
    tags: parseNames(row.tags),
    createdBy: row.created_by,
    createdAt: row.created_at,
    heartbeatAt: row.heartbeat_at,
    exitCode: row.exit_code,
  }
}

function toRunRow(run: Run): RunRow {
  return {
    id: run.id,
    owner_id: run.ownerId,
    name: run.name,
    display_name: run.displayName,
    state: run.state,
    job_type: run.jobType,
    run_group: run.group,
    program: run.program,
    host: run.host,
    commit_id: run.commit,
    notes: run.notes,
    tags: JSON.stringify(run.tags),
    created_by: run.createdBy,
    created_at: run.createdAt,
    heartbeat_at: run.heartbeatAt,
    exit_code: run.exitCode,
    deleted_at: null,
  }
}
