import { type RawBuilder, sql } from 'kysely'
import { type Comparison, type Condition, type FieldKey, fieldOf } from '../core/model/field.ts'
import type { FieldWrites } from '../core/ports/metadata-store-search.ts'
import type { Dialect } from './dialects/dialect.ts'
import type { MemberFieldRow } from './schema.ts'
import type { Session } from './session.ts'
import { define, defineRows } from './statement.ts'

/** Above every index: where a walk from the newest begins. */
const NEWEST = Number.MAX_SAFE_INTEGER

interface Walk {
  readonly collection_id: string
  /** See `conditionsOf`. */
  readonly conditions: string
  readonly limit: number
}

interface MemberNumberRow {
  collection_id: string
  member_index: number
  path: string
  number: number
}

interface SortedWalk extends Walk {
  readonly path: string
  readonly kind: number
  readonly number: number
  readonly text: string
  readonly after: number
}

interface ExaminedRow {
  member_index: number
  kind: number
  number: number
  text: string
  matches: number
}

const newest = define('field.newest', (dialect, p: Walk & { before: number }) =>
  dialect.raw<ExaminedRow>(
    examine(
      dialect,
      p.conditions,
      sql`select collection_id, member_index, 0 as kind, 0 as number, '' as text from membership
        where collection_id = ${p.collection_id} and deleted_at is null
          and member_index < ${p.before}
        order by member_index desc limit ${p.limit}`,
    ),
  ),
)

const oldest = define('field.oldest', (dialect, p: Walk & { after: number }) =>
  dialect.raw<ExaminedRow>(
    examine(
      dialect,
      p.conditions,
      sql`select collection_id, member_index, 0 as kind, 0 as number, '' as text from membership
        where collection_id = ${p.collection_id} and deleted_at is null
          and member_index > ${p.after}
        order by member_index limit ${p.limit}`,
    ),
  ),
)

const bearers = define('field.bearers', (dialect, p: Walk & { alias: string; before: number }) =>
  dialect.raw<ExaminedRow>(
    examine(
      dialect,
      p.conditions,
      sql`select collection_id, member_index, 0 as kind, 0 as number, '' as text from alias_slot
        where collection_id = ${p.collection_id} and alias = ${p.alias}
          and member_index < ${p.before}
        order by member_index desc limit ${p.limit}`,
    ),
  ),
)

const ascending = define('field.ascending', (dialect, p: SortedWalk) =>
  dialect.raw<ExaminedRow>(examine(dialect, p.conditions, sorted(dialect, p, 'asc'))),
)

const descending = define('field.descending', (dialect, p: SortedWalk) =>
  dialect.raw<ExaminedRow>(examine(dialect, p.conditions, sorted(dialect, p, 'desc'))),
)

/** Walks one field's values in order, from behind a key on. */
function sorted(
  { number }: Dialect,
  p: SortedWalk,
  direction: 'asc' | 'desc',
): RawBuilder<unknown> {
  const way = sql.raw(direction)
  const beyond = sql.raw(direction === 'asc' ? '>' : '<')
  return sql`select collection_id, member_index, kind, number, text from member_field
    where collection_id = ${p.collection_id} and path = ${p.path}
      and (kind, number, text, member_index)
        ${beyond} (${p.kind}, ${number(p.number)}, ${p.text}, ${p.after})
    order by kind ${way}, number ${way}, text ${way}, member_index ${way} limit ${p.limit}`
}

/** Judges each row of a walk: how many are read is the walk's limit, however few of them match. */
function examine(
  { conditions }: Dialect,
  json: string,
  walk: RawBuilder<unknown>,
): RawBuilder<ExaminedRow> {
  return sql`
    select seen.member_index, seen.kind, seen.number, seen.text,
      case when exists (
        select 1 from ${conditions(json)} as wanted
        where wanted.holds <> case
          when wanted.path = 'alias' then case when exists (
            select 1 from alias_slot as slot
            where slot.collection_id = seen.collection_id
              and slot.member_index = seen.member_index and slot.alias = wanted.text
          ) then 1 else 0 end
          when exists (
            select 1 from member_field as field
            where field.collection_id = seen.collection_id
              and field.member_index = seen.member_index and field.path = wanted.path
              and (wanted.comparison = 'any' or (field.kind = wanted.kind and case wanted.comparison
                when 'eq' then field.number = wanted.number and field.text = wanted.text
                when 'lt' then (field.number, field.text) < (wanted.number, wanted.text)
                when 'lte' then (field.number, field.text) <= (wanted.number, wanted.text)
                when 'gt' then (field.number, field.text) > (wanted.number, wanted.text)
                when 'gte' then (field.number, field.text) >= (wanted.number, wanted.text)
              end))
          ) then 1 else 0 end
      ) then 0 else 1 end as matches
    from (${walk}) as seen`
}

const listNumbers = define(
  'field.listNumbers',
  ({ raw, pairs, textIn }, p: { members: string; paths: readonly string[] }) =>
    raw<MemberNumberRow>(sql`
      select field.collection_id, field.member_index, field.path, field.number
      from ${pairs(p.members)} as wanted inner join member_field as field
        on field.collection_id = wanted.a and field.member_index = wanted.b
      where field.kind = 0 and ${textIn('field.path', p.paths)}`),
)

const insert = defineRows<MemberFieldRow>(
  'field.insert',
  'member_field',
  {
    collection_id: 'text',
    member_index: 'integer',
    path: 'text',
    kind: 'integer',
    number: 'number',
    text: 'text',
  },
  'do nothing',
)

const remove = define(
  'field.remove',
  ({ db }, p: { collection_id: string; member_index: number }) =>
    db
      .deleteFrom('member_field')
      .where('collection_id', '=', p.collection_id)
      .where('member_index', '=', p.member_index),
)

export function fields(session: Session): FieldWrites {
  return {
    walkNewest: async ({ collectionId, before, conditions, limit }) => {
      const rows = await session.all(newest, {
        collection_id: collectionId,
        conditions: conditionsOf(conditions),
        before: before ?? NEWEST,
        limit,
      })
      return rows.map(toExamined)
    },
    walkOldest: async ({ collectionId, after, conditions, limit }) => {
      const rows = await session.all(oldest, {
        collection_id: collectionId,
        conditions: conditionsOf(conditions),
        after: after ?? -1,
        limit,
      })
      return rows.map(toExamined)
    },
    walkBearers: async ({ collectionId, alias, before, conditions, limit }) => {
      const rows = await session.all(bearers, {
        collection_id: collectionId,
        conditions: conditionsOf(conditions),
        alias,
        before: before ?? NEWEST,
        limit,
      })
      return rows.map(toExamined)
    },
    walkSorted: async ({ collectionId, path, direction, after, conditions, limit }) => {
      const from = after ?? (direction === 'asc' ? LOWEST : HIGHEST)
      const rows = await session.all(direction === 'asc' ? ascending : descending, {
        collection_id: collectionId,
        conditions: conditionsOf(conditions),
        path,
        kind: from.kind,
        number: from.number,
        text: from.text,
        after: from.index,
        limit,
      })
      return rows.map(toExamined)
    },
    listNumbers: async (members, paths) => {
      const wanted = members.map(({ collectionId, index }) => [collectionId, index])
      const rows = await session.all(listNumbers, { members: JSON.stringify(wanted), paths })
      return rows.map((row) => ({
        collectionId: row.collection_id,
        index: row.member_index,
        path: row.path,
        number: row.number,
      }))
    },
    replace: async (collectionId, index, replacing) => {
      await session.run(remove, { collection_id: collectionId, member_index: index })
      await session.insertRows(
        insert,
        replacing.map((field) => ({
          collection_id: collectionId,
          member_index: index,
          ...field,
        })),
      )
    },
  }
}

const LOWEST = { kind: -1, number: 0, text: '', index: -1 }
const HIGHEST = { kind: 2, number: 0, text: '', index: NEWEST }

/** The test that each comparison makes of a member's values, and whether one must meet it. */
const TESTS: Readonly<Record<Comparison, readonly [test: string, holds: 0 | 1]>> = {
  eq: ['eq', 1],
  ne: ['eq', 0],
  lt: ['lt', 1],
  lte: ['lte', 1],
  gt: ['gt', 1],
  gte: ['gte', 1],
  exists: ['any', 1],
  missing: ['any', 0],
}

/**
 * Conditions as one parameter, however many: a JSON array of `[path, test, holds, kind, number,
 * text]`.
 */
function conditionsOf(conditions: readonly Condition[]): string {
  return JSON.stringify(
    conditions.map(({ path, comparison, value }) => {
      const { kind, number, text } = fieldOf(path, value ?? '')
      return [path, ...TESTS[comparison], kind, number, text]
    }),
  )
}

function toExamined(row: ExaminedRow): { readonly key: FieldKey; readonly matches: boolean } {
  const kind = row.kind === 0 ? 0 : 1
  const key = { kind, number: row.number, text: row.text, index: row.member_index } as const
  return { key, matches: row.matches === 1 }
}
