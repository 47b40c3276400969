import { type Expression, type Kysely, type RawBuilder, type SqlBool, sql } from 'kysely'
import type { Schema } from '../schema.ts'
import type { ColumnType, Compilable } from '../statement.ts'

/** What the two databases say differently. Everything else is one statement for both. */
export interface Dialect {
  readonly name: 'sqlite' | 'postgres'
  /** Only builds: behind it is no connection. */
  readonly db: Kysely<Schema>
  raw<Row>(statement: RawBuilder<Row>): Compilable<Row>
  /** `column` is one of a list that is one parameter, however long it is. */
  textIn(column: string, values: readonly string[]): Expression<SqlBool>
  integerIn(column: string, values: readonly number[]): Expression<SqlBool>
  /** A JSON array of `[text, integer]` pairs as a table with the columns `a` and `b`. */
  pairs(json: string): RawBuilder<unknown>
  /** A JSON array of conditions (see `fields.ts`) as a table. */
  conditions(json: string): RawBuilder<unknown>
  /** Whether a text is in a column, whatever the case of A to Z; an empty one is in all. */
  isIn(text: string, column: string): RawBuilder<SqlBool>
  /** A parameter that is a double, not an integer. */
  number(value: number): RawBuilder<number>
  forUpdate<Query extends Lockable>(query: Query): Query
  forShare<Query extends Lockable>(query: Query): Query
  /** Keeps the rows from being deleted or locked for update, and nothing else. */
  forKeyShare<Query extends Lockable>(query: Query): Query
  /** Locks the rows that nobody else has locked, and leaves the others out. */
  forUpdateSkipLocked<Query extends Lockable>(query: Query): Query
  /** A JSON array of `[index, label, weight]` of the rows of a query with these three columns. */
  slotArray(query: RawBuilder<unknown>): RawBuilder<string>
  /** An insert of one row (run for each), or of columns' arrays (run once). */
  insertRows(
    table: string,
    columns: readonly InsertedColumn[],
    onConflict: string | null,
  ): Compilable<unknown>
}

export interface InsertedColumn {
  readonly column: string
  readonly type: ColumnType
  readonly value: unknown
}

/** What `forUpdate` and `forShare` need of a Kysely query. */
export interface Lockable {
  forUpdate(): unknown
  forShare(): unknown
  forKeyShare(): unknown
}

/** Column types and table options of the migrations, and what the database does by itself. */
export interface Ddl {
  readonly types: ColumnTypes
  readonly appendOnly: (table: string) => readonly string[]
  /** A statement for each row that comes into a table, which it knows as `new`. */
  readonly afterInsert: (table: string, name: string, statement: string) => readonly string[]
  /** Tells the planner how many rows share each further column of an index. */
  readonly statistics: (indexes: readonly IndexStatistics[]) => readonly string[]
}

export interface IndexStatistics {
  readonly table: string
  /** The table's own name for the primary key of a clustered one. */
  readonly index: string
  /** Rows in all, then rows that are alike in the first column, in the first two, … */
  readonly rows: readonly number[]
}

export interface ColumnTypes {
  readonly text: string
  readonly integer: string
  /** A double. */
  readonly number: string
  readonly bytes: string
  /** The primary key that counts up in order of arrival. */
  readonly position: string
  /** After the closing bracket of a table that is looked up by its primary key alone. */
  readonly clustered: string
  /** After the closing bracket of any other table. */
  readonly plain: string
}

export function columnNames(columns: readonly InsertedColumn[]): RawBuilder<unknown> {
  return sql.join(columns.map(({ column }) => sql.ref(column)))
}

/** Fixed words of a statement's definition, never a value. */
export function conflictClause(onConflict: string | null): RawBuilder<unknown> {
  return onConflict === null ? sql`` : sql`on conflict ${sql.raw(onConflict)}`
}
