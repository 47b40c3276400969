import type { MetricKey, MetricSpan } from '../core/model/run.ts'
import type { RunMetricWrites } from '../core/ports/metadata-store-runs.ts'
import type { RunKeyRow, RunSpanRow } from './schema.ts'
import type { Session } from './session.ts'
import { define, defineRows } from './statement.ts'

const keys = define('runKey.list', ({ db }, p: { run_id: number; after: string; limit: number }) =>
  db
    .selectFrom('run_key')
    .selectAll()
    .where('run_id', '=', p.run_id)
    .where('key', '>', p.after)
    .orderBy('key')
    .limit(p.limit),
)

const findKeys = define(
  'runKey.findMany',
  ({ db, textIn }, p: { run_id: number; keys: readonly string[] }) =>
    db
      .selectFrom('run_key')
      .selectAll()
      .where('run_id', '=', p.run_id)
      .where(textIn('key', p.keys)),
)

const countKeys = define('runKey.count', ({ db }, p: { run_id: number }) =>
  db
    .selectFrom('run_key')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('run_id', '=', p.run_id),
)

const putKeys = defineRows<RunKeyRow>(
  'runKey.put',
  'run_key',
  {
    run_id: 'integer',
    key: 'text',
    kind: 'text',
    count: 'integer',
    monotonic: 'integer',
    last_line: 'integer',
    last: 'text',
  },
  `(run_id, key) do update set kind = excluded.kind, count = excluded.count,
    monotonic = excluded.monotonic, last_line = excluded.last_line, last = excluded.last`,
)

const spans = define(
  'runSpan.list',
  ({ db }, p: { run_id: number; key: string; from: number; to: number; limit: number }) =>
    db
      .selectFrom('run_span')
      .selectAll()
      .where('run_id', '=', p.run_id)
      .where('key', '=', p.key)
      .where('span', '>=', p.from)
      .where('span', '<=', p.to)
      .orderBy('span')
      .limit(p.limit),
)

const widenSpans = defineRows<RunSpanRow>(
  'runSpan.widen',
  'run_span',
  {
    run_id: 'integer',
    key: 'text',
    span: 'integer',
    low: 'number',
    low_line: 'integer',
    high: 'number',
    high_line: 'integer',
  },
  `(run_id, key, span) do update set
    low_line = case when excluded.low < run_span.low
      then excluded.low_line else run_span.low_line end,
    low = case when excluded.low < run_span.low then excluded.low else run_span.low end,
    high_line = case when excluded.high > run_span.high
      then excluded.high_line else run_span.high_line end,
    high = case when excluded.high > run_span.high then excluded.high else run_span.high end`,
)

const clearKeys = define('runKey.clear', ({ db }, p: { run_id: number }) =>
  db.deleteFrom('run_key').where('run_id', '=', p.run_id),
)

const clearSpans = define('runSpan.clear', ({ db }, p: { run_id: number }) =>
  db.deleteFrom('run_span').where('run_id', '=', p.run_id),
)

export function runMetrics(session: Session): RunMetricWrites {
  return {
    keys: async ({ runId, after, limit }) =>
      (await session.all(keys, { run_id: runId, after, limit })).map(toKey),
    findKeys: async (runId, names) =>
      (await session.all(findKeys, { run_id: runId, keys: names })).map(toKey),
    countKeys: async (runId) => (await session.first(countKeys, { run_id: runId }))?.count ?? 0,
    spans: async ({ runId, key, from, to, limit }) =>
      (await session.all(spans, { run_id: runId, key, from, to, limit })).map(toSpan),
    putKeys: async (runId, all) => {
      await session.insertRows(
        putKeys,
        all.map(({ key, kind, count, monotonic, lastLine, last }) => ({
          run_id: runId,
          key,
          kind,
          count,
          monotonic: monotonic ? 1 : 0,
          last_line: lastLine,
          last,
        })),
      )
    },
    widenSpans: async (runId, all) => {
      await session.insertRows(
        widenSpans,
        all.map(({ key, span, low, lowLine, high, highLine }) => ({
          run_id: runId,
          key,
          span,
          low,
          low_line: lowLine,
          high,
          high_line: highLine,
        })),
      )
    },
    clear: async (runId) => {
      await session.run(clearKeys, { run_id: runId })
      await session.run(clearSpans, { run_id: runId })
    },
  }
}

function toKey(row: RunKeyRow): MetricKey {
  return {
    key: row.key,
    kind: row.kind as MetricKey['kind'],
    count: row.count,
    monotonic: row.monotonic === 1,
    lastLine: row.last_line,
    last: row.last,
  }
}

function toSpan(row: RunSpanRow): MetricSpan {
  return {
    key: row.key,
    span: row.span,
    low: row.low,
    lowLine: row.low_line,
    high: row.high,
    highLine: row.high_line,
  }
}
