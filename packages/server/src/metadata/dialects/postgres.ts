import {
  DummyDriver,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  sql,
} from 'kysely'
import type { Schema } from '../schema.ts'
import type { ColumnType } from '../statement.ts'
import {
  columnNames,
  conflictClause,
  type Ddl,
  type Dialect,
  type InsertedColumn,
} from './dialect.ts'

const db = new Kysely<Schema>({
  dialect: {
    createAdapter: () => new PostgresAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (kysely) => new PostgresIntrospector(kysely),
    createQueryCompiler: () => new PostgresQueryCompiler(),
  },
})

const ARRAY_TYPES = {
  text: 'text[]',
  integer: 'bigint[]',
  number: 'double precision[]',
  bytes: 'bytea[]',
} satisfies Record<ColumnType, string>

/** Lists are bound as arrays; rows that others may change are locked. */
export const postgresDialect: Dialect = {
  name: 'postgres',
  db,
  raw: (statement) => ({ compile: () => statement.compile(db) }),
  textIn: (column, values) => sql`${sql.ref(column)} = any(${values}::text[])`,
  integerIn: (column, values) => sql`${sql.ref(column)} = any(${values}::bigint[])`,
  pairs: (json) =>
    sql`(select value ->> 0 as a, (value ->> 1)::bigint as b
      from jsonb_array_elements(${json}::jsonb) as pair(value))`,
  conditions: (json) =>
    sql`(select value ->> 0 as path, value ->> 1 as comparison, (value ->> 2)::bigint as holds,
        (value ->> 3)::bigint as kind, (value ->> 4)::double precision as number,
        value ->> 5 as text
      from jsonb_array_elements(${json}::jsonb) as condition(value))`,
  // The columns' collation "C" knows letter case of A to Z only, as SQLite does.
  isIn: (text, column) => sql`strpos(lower(${sql.ref(column)}), lower(${text} collate "C")) > 0`,
  number: (value) => sql`${value}::double precision`,
  forUpdate: (query) => query.forUpdate() as typeof query,
  forShare: (query) => query.forShare() as typeof query,
  forKeyShare: (query) => query.forKeyShare() as typeof query,
  forUpdateSkipLocked: (query) =>
    (query.forUpdate() as { skipLocked(): unknown }).skipLocked() as typeof query,
  slotArray: (query) =>
    sql`(select coalesce(json_agg(json_build_array(member_index, label, weight)), '[]')::text
      from (${query}) as top)`,
  insertRows: (table, columns, onConflict) =>
    postgresDialect.raw(
      sql`insert into ${sql.table(table)} (${columnNames(columns)})
        select * from unnest(${sql.join(columns.map(columnArray))}) ${conflictClause(onConflict)}`,
    ),
}

function columnArray({ value, type }: InsertedColumn) {
  return sql`${value}::${sql.raw(ARRAY_TYPES[type])}`
}

export const POSTGRES_DDL: Ddl = {
  types: {
    // Collation "C" orders by bytes, as SQLite does.
    text: 'text collate "C"',
    integer: 'bigint',
    number: 'double precision',
    bytes: 'bytea',
    position: 'bigint generated always as identity primary key',
    clustered: '',
    plain: '',
  },
  appendOnly: (table) => [
    `create function ${table}_is_append_only() returns trigger language plpgsql
      as $$ begin raise exception '${table} is append-only'; end $$`,
    `create trigger ${table}_append_only before update or delete or truncate on ${table}
      for each statement execute function ${table}_is_append_only()`,
  ],
  afterInsert: (table, name, statement) => [
    `create function ${name}() returns trigger language plpgsql
      as $$ begin ${statement}; return null; end $$`,
    `create trigger ${name} after insert on ${table} for each row execute function ${name}()`,
  ],
  // It counts for itself, all the time.
  statistics: () => [],
}
