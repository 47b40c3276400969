import {
  DummyDriver,
  Kysely,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
  sql,
} from 'kysely'
import type { Schema } from '../schema.ts'
import { columnNames, conflictClause, type Ddl, type Dialect } from './dialect.ts'

const db = new Kysely<Schema>({
  dialect: {
    createAdapter: () => new SqliteAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (kysely) => new SqliteIntrospector(kysely),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  },
})

/** Lists are bound as JSON text. One writer at a time needs no row locks. */
export const sqliteDialect: Dialect = {
  name: 'sqlite',
  db,
  raw: (statement) => ({ compile: () => statement.compile(db) }),
  textIn: (column, values) => sql`${sql.ref(column)} in (select value from json_each(${values}))`,
  integerIn: (column, values) =>
    sql`${sql.ref(column)} in (select value from json_each(${values}))`,
  pairs: (json) => sql`(select value ->> 0 as a, value ->> 1 as b from json_each(${json}))`,
  conditions: (json) =>
    sql`(select value ->> 0 as path, value ->> 1 as comparison, value ->> 2 as holds,
        value ->> 3 as kind, value ->> 4 as number, value ->> 5 as text
      from json_each(${json}))`,
  isIn: (text, column) => sql`instr(lower(${sql.ref(column)}), lower(${text})) > 0`,
  number: (value) => sql`${value}`,
  forUpdate: (query) => query,
  forShare: (query) => query,
  forKeyShare: (query) => query,
  forUpdateSkipLocked: (query) => query,
  slotArray: (query) =>
    sql`(select json_group_array(json_array(member_index, label, weight)) from (${query}))`,
  insertRows: (table, columns, onConflict) =>
    sqliteDialect.raw(
      sql`insert into ${sql.table(table)} (${columnNames(columns)})
        values (${sql.join(columns.map(({ value }) => value))}) ${conflictClause(onConflict)}`,
    ),
}

export const SQLITE_DDL: Ddl = {
  types: {
    text: 'text',
    integer: 'integer',
    number: 'real',
    bytes: 'blob',
    position: 'integer primary key autoincrement',
    // STRICT: a column refuses a value of another type, as PostgreSQL does.
    clustered: 'strict, without rowid',
    plain: 'strict',
  },
  appendOnly: (table) =>
    ['update', 'delete'].map(
      (verb) => `create trigger ${table}_no_${verb} before ${verb} on ${table}
        begin select raise(abort, '${table} is append-only'); end`,
    ),
  afterInsert: (table, name, statement) => [
    `create trigger ${name} after insert on ${table} begin ${statement}; end`,
  ],
  // ANALYZE makes the table of its findings, which is then ours to fill: of empty tables they are
  // that partial indexes are empty. To be used once, by the migration that makes the tables.
  statistics: (indexes) => [
    'analyze',
    'delete from sqlite_stat1',
    ...indexes.map(
      ({ table, index, rows }) =>
        `insert into sqlite_stat1 values ('${table}', '${index}', '${rows.join(' ')}')`,
    ),
  ],
}
