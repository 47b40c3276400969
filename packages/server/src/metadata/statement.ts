import type { CompiledQuery } from 'kysely'
import type { Dialect } from './dialects/dialect.ts'

/** What Kysely's builders are good for here: they turn into SQL once. */
export interface Compilable<Row> {
  compile(): CompiledQuery<Row>
}

/** One SQL statement with named, typed parameters: compiled once a dialect, then only bound. */
export interface Statement<Params extends object, Row> {
  /** `aggregate.verb`, unique: PostgreSQL prepares it under this name. */
  readonly name: string
  readonly build: (dialect: Dialect, params: Params) => Compilable<Row>
}

/** Inserts any number of rows at once; `build` writes one row, or all, as the dialect does it. */
export interface RowsStatement<Row extends object> extends Statement<Row, unknown> {
  readonly columns: readonly (keyof Row & string)[]
}

/** Stands for a value while a statement is compiled. */
export class Marker {
  readonly name: string

  constructor(name: string) {
    this.name = name
  }
}

export interface Compiled {
  readonly name: string
  readonly sql: string
  /** In the order in which the SQL takes them: markers, and values that are always the same. */
  readonly parameters: readonly unknown[]
}

const defined = new Map<string, Statement<never, unknown>>()

export function define<Params extends object, Row>(
  name: string,
  build: (dialect: Dialect, params: Params) => Compilable<Row>,
): Statement<Params, Row> {
  return register({ name, build })
}

/** `columns` says each column's type; `onConflict` what follows ON CONFLICT (null: it throws). */
export function defineRows<Row extends object>(
  name: string,
  table: string,
  columns: { readonly [Column in keyof Row & string]: ColumnType },
  onConflict: string | null,
): RowsStatement<Row> {
  const names = Object.keys(columns) as (keyof Row & string)[]
  return register({
    name,
    columns: names,
    build: (dialect: Dialect, row: Row) =>
      dialect.insertRows(
        table,
        names.map((column) => ({ column, type: columns[column], value: row[column] })),
        onConflict,
      ),
  })
}

/** After these nobody's rights may be taken for known. */
const RIGHTS_CHANGES = new Set([
  'member.put',
  'member.remove',
  'member.removeAllOf',
  'member.removePrincipal',
  'grant.insert',
  'grant.remove',
  'grant.removeAllOf',
  'grant.removePrincipal',
  'owner.update',
  'token.revoke',
  'user.update',
])

export function changesRights({ name }: { readonly name: string }): boolean {
  return RIGHTS_CHANGES.has(name)
}

export type ColumnType = 'text' | 'integer' | 'number' | 'bytes'

function register<Kind extends Statement<never, unknown>>(statement: Kind): Kind {
  if (defined.has(statement.name)) throw new Error(`statement ${statement.name} is defined twice`)
  defined.set(statement.name, statement)
  return statement
}

/** Every statement of the modules loaded so far, for the test that explains them all. */
export function definedStatements(): readonly Statement<never, unknown>[] {
  return [...defined.values()]
}

/** Compiles a statement with a marker in each parameter's place. */
export function compile(dialect: Dialect, statement: Statement<never, unknown>): Compiled {
  const markers = new Proxy({}, { get: (_, name) => new Marker(String(name)) })
  const { sql, parameters } = statement.build(dialect, markers as never).compile()
  return { name: statement.name, sql, parameters }
}
