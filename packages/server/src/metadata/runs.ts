import { sql } from 'kysely'
import type { Run, RunLineFile, RunState } from '../core/model/run.ts'
import type { RunWrites } from '../core/ports/metadata-store-runs.ts'
import { checkChanged, insertNew, mapFound, parseNames } from './columns.ts'
import type { RunLineRow, RunRow } from './schema.ts'
import type { Session } from './session.ts'
import { define, defineRows } from './statement.ts'

/** Above every id: where a list of the newest begins. */
const NEWEST = Number.MAX_SAFE_INTEGER

const find = define('run.find', ({ db }, p: { owner_id: number; name: string }) =>
  db.selectFrom('run').selectAll().where('owner_id', '=', p.owner_id).where('name', '=', p.name),
)

const lock = define('run.lock', ({ db, forUpdate }, p: { owner_id: number; name: string }) =>
  forUpdate(
    db.selectFrom('run').selectAll().where('owner_id', '=', p.owner_id).where('name', '=', p.name),
  ),
)

const findById = define('run.findById', ({ db }, p: { id: number }) =>
  db.selectFrom('run').selectAll().where('id', '=', p.id),
)

const findMany = define('run.findMany', ({ db, integerIn }, p: { ids: readonly number[] }) =>
  db.selectFrom('run').selectAll().where(integerIn('id', p.ids)),
)

const list = define('run.list', ({ db }, p: { owner_id: number; before: number; limit: number }) =>
  db
    .selectFrom('run')
    .selectAll()
    .where('owner_id', '=', p.owner_id)
    .where('id', '<', p.before)
    .orderBy('id', 'desc')
    .limit(p.limit),
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
    config: 'text',
    summary: 'text',
    created_by: 'integer',
    created_at: 'integer',
    heartbeat_at: 'integer',
    exit_code: 'integer',
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
      config: p.config,
      summary: p.summary,
      heartbeat_at: p.heartbeat_at,
      exit_code: p.exit_code,
    })
    .where('id', '=', p.id),
)

const lines = define(
  'runLine.list',
  ({ db }, p: { run_id: number; file: string; from: number; limit: number }) =>
    db
      .selectFrom('run_line')
      .select(['line', 'text'])
      .where('run_id', '=', p.run_id)
      .where('file', '=', p.file)
      .where('line', '>=', p.from)
      .orderBy('line')
      .limit(p.limit),
)

const linesAt = define(
  'runLine.at',
  (
    { db, integerIn },
    p: { run_id: number; file: string; lines: readonly number[]; max_bytes: number },
  ) =>
    db
      .selectFrom('run_line')
      .select(['line', 'text'])
      .where('run_id', '=', p.run_id)
      .where('file', '=', p.file)
      .where(integerIn('line', p.lines))
      .where(sql`length(text)`, '<=', p.max_bytes)
      .orderBy('line'),
)

const lastLine = define('runLine.last', ({ db }, p: { run_id: number; file: string }) =>
  db
    .selectFrom('run_line')
    .select('line')
    .where('run_id', '=', p.run_id)
    .where('file', '=', p.file)
    .orderBy('line', 'desc')
    .limit(1),
)

const putLines = defineRows<RunLineRow>(
  'runLine.put',
  'run_line',
  { run_id: 'integer', file: 'text', line: 'integer', text: 'bytes' },
  '(run_id, file, line) do update set text = excluded.text',
)

export function runs(session: Session): RunWrites {
  return {
    find: async (ownerId, name) =>
      mapFound(await session.first(find, { owner_id: ownerId, name }), toRun),
    findById: async (id) => mapFound(await session.first(findById, { id }), toRun),
    findMany: async (ids) => (await session.all(findMany, { ids })).map(toRun),
    list: async ({ ownerId, before, limit }) => {
      const page = { owner_id: ownerId, before: before ?? NEWEST, limit }
      return (await session.all(list, page)).map(toRun)
    },
    lines: async ({ runId, file, from, limit }) => {
      const rows = await session.all(lines, { run_id: runId, file, from, limit })
      return rows.map(({ line, text }) => ({ line, text: decoder.decode(text) }))
    },
    linesAt: async ({ runId, file, lines, maxBytes }) => {
      const query = { run_id: runId, file, lines, max_bytes: maxBytes }
      const rows = await session.all(linesAt, query)
      return rows.map(({ line, text }) => ({ line, text: decoder.decode(text) }))
    },
    lineCount: async (runId, file) => {
      const last = await session.first(lastLine, { run_id: runId, file })
      return last === undefined ? 0 : last.line + 1
    },
    lock: async (ownerId, name) =>
      mapFound(await session.first(lock, { owner_id: ownerId, name }), toRun),
    insert: (run) => insertNew(session, insert, toRunRow(run), `Run "${run.name}"`),
    update: async (run) => checkChanged(await session.run(update, toRunRow(run)), `run ${run.id}`),
    putLines: async (runId, file: RunLineFile, offset, texts) => {
      await session.insertRows(
        putLines,
        texts.map((text, at) => ({
          run_id: runId,
          file,
          line: offset + at,
          text: Buffer.from(text),
        })),
      )
    },
  }
}

// A byte order mark is part of the line.
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

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
    config: row.config,
    summary: row.summary,
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
    config: run.config,
    summary: run.summary,
    created_by: run.createdBy,
    created_at: run.createdAt,
    heartbeat_at: run.heartbeatAt,
    exit_code: run.exitCode,
  }
}
