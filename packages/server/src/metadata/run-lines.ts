import { sql } from 'kysely'
import type { RunLineWrites } from '../core/ports/metadata-store-runs.ts'
import type { RunLineRow, RunWriterRow } from './schema.ts'
import type { Session } from './session.ts'
import { define, defineRows } from './statement.ts'

interface Found {
  readonly line: number
  readonly text: Uint8Array
}

const list = define(
  'runLine.list',
  (
    { db },
    p: {
      run_id: number
      file: string
      from: number
      before: number
      max_bytes: number
      limit: number
    },
  ) =>
    db
      .selectFrom('run_line')
      .select(['line', 'text'])
      .where('run_id', '=', p.run_id)
      .where('file', '=', p.file)
      .where('line', '>=', p.from)
      .where('line', '<', p.before)
      .where(sql`length(text)`, '<=', p.max_bytes)
      .orderBy('line')
      .limit(p.limit),
)

const listAt = define(
  'runLine.listAt',
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

interface Steps {
  readonly run_id: number
  readonly from: number
  readonly before: number
}

// "step is not null" stands in each text, so that the partial index serves.
const listBySteps = define('runLine.listBySteps', ({ raw }, p: Steps & { limit: number }) =>
  raw<Found>(sql`
    select line, text from run_line
    where run_id = ${p.run_id} and step is not null and step >= ${p.from} and step < ${p.before}
    order by step, line limit ${p.limit}`),
)

const rangeOfSteps = define('runLine.rangeOfSteps', ({ raw }, p: Steps) =>
  raw<{ readonly first: number | null; readonly last: number | null }>(sql`
    select min(line) as first, max(line) as last from run_line
    where run_id = ${p.run_id} and step is not null and step >= ${p.from} and step < ${p.before}`),
)

const lastStep = define('runLine.lastStep', ({ raw }, p: { run_id: number }) =>
  raw<{ readonly step: number }>(sql`
    select step from run_line where run_id = ${p.run_id} and step is not null
    order by step desc limit 1`),
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

const put = defineRows<RunLineRow>(
  'runLine.put',
  'run_line',
  { run_id: 'integer', file: 'text', line: 'integer', text: 'bytes', step: 'integer' },
  '(run_id, file, line) do update set text = excluded.text, step = excluded.step',
)

const cut = define('runLine.cut', ({ db }, p: { run_id: number; file: string; from: number }) =>
  db
    .deleteFrom('run_line')
    .where('run_id', '=', p.run_id)
    .where('file', '=', p.file)
    .where('line', '>=', p.from),
)

const findWriter = define(
  'runLine.findWriter',
  ({ db }, p: { run_id: number; file: string; writer: string }) =>
    db
      .selectFrom('run_writer')
      .select('lines')
      .where('run_id', '=', p.run_id)
      .where('file', '=', p.file)
      .where('writer', '=', p.writer),
)

const putWriter = defineRows<RunWriterRow>(
  'runLine.putWriter',
  'run_writer',
  { run_id: 'integer', file: 'text', writer: 'text', lines: 'integer' },
  '(run_id, file, writer) do update set lines = excluded.lines',
)

const ALL = Number.MAX_SAFE_INTEGER
/** PostgreSQL counts bytes in 32 bits. */
const ANY_SIZE = 2 ** 31 - 1

export function runLines(session: Session): RunLineWrites {
  return {
    list: async ({ runId, file, from, before = ALL, limit, maxBytes = ANY_SIZE }) => {
      const query = { run_id: runId, file, from, before, limit, max_bytes: maxBytes }
      return (await session.all(list, query)).map(toLine)
    },
    listAt: async ({ runId, file, lines, maxBytes }) => {
      const query = { run_id: runId, file, lines, max_bytes: maxBytes }
      return (await session.all(listAt, query)).map(toLine)
    },
    listBySteps: async ({ runId, ...range }) =>
      (await session.all(listBySteps, { run_id: runId, ...range })).map(toLine),
    rangeOfSteps: async (runId, from, before) => {
      const range = await session.first(rangeOfSteps, { run_id: runId, from, before })
      if (range?.first == null || range.last === null) return undefined
      return { first: range.first, last: range.last }
    },
    lastStep: async (runId) => (await session.first(lastStep, { run_id: runId }))?.step,
    count: async (runId, file) => {
      const last = await session.first(lastLine, { run_id: runId, file })
      return last === undefined ? 0 : last.line + 1
    },
    put: async (runId, file, offset, lines) => {
      await session.insertRows(
        put,
        lines.map(({ text, step }, at) => ({
          run_id: runId,
          file,
          line: offset + at,
          text: Buffer.from(text),
          step,
        })),
      )
    },
    countBy: async (runId, file, writer) =>
      (await session.first(findWriter, { run_id: runId, file, writer }))?.lines ?? 0,
    putCountBy: async (runId, file, writer, lines) => {
      await session.insertRows(putWriter, [{ run_id: runId, file, writer, lines }])
    },
    cut: async (runId, file, from) => {
      await session.run(cut, { run_id: runId, file, from })
    },
  }
}

// A byte order mark is part of the line.
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

function toLine({ line, text }: Found) {
  return { line, text: decoder.decode(text) }
}
