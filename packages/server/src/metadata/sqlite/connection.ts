import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'
import { SQLITE_BUSY_TIMEOUT_MILLISECONDS, SQLITE_CACHE_KIB } from '../../core/limits.ts'
import { bindValues } from '../bind.ts'
import { sqliteDialect } from '../dialects/sqlite.ts'
import { type Compiled, compile, type Statement } from '../statement.ts'

interface Prepared {
  readonly compiled: Compiled
  readonly statement: StatementSync
}

/** One SQLite connection with its prepared statements. */
export class SqliteConnection {
  readonly #database: DatabaseSync
  readonly #prepared = new Map<Statement<never, unknown>, Prepared>()
  readonly #verbs = new Map<string, StatementSync>()

  constructor(database: DatabaseSync) {
    this.#database = database
  }

  get inTransaction(): boolean {
    return this.#database.isTransaction
  }

  all<Params extends object, Row>(statement: Statement<Params, Row>, params: Params): Row[] {
    const { compiled, statement: prepared } = this.#prepare(statement)
    return prepared.all(...bind(compiled, params)) as Row[]
  }

  first<Params extends object, Row>(
    statement: Statement<Params, Row>,
    params: Params,
  ): Row | undefined {
    const { compiled, statement: prepared } = this.#prepare(statement)
    return prepared.get(...bind(compiled, params)) as Row | undefined
  }

  /** Runs it once for each; how many rows changed. */
  run<Params extends object>(
    statement: Statement<Params, unknown>,
    each: readonly Params[],
  ): number {
    const { compiled, statement: prepared } = this.#prepare(statement)
    let changes = 0
    for (const params of each) changes += Number(prepared.run(...bind(compiled, params)).changes)
    return changes
  }

  /** Runs a statement without parameters, e.g. BEGIN. */
  say(verb: string): void {
    let statement = this.#verbs.get(verb)
    if (statement === undefined) {
      statement = this.#database.prepare(verb)
      this.#verbs.set(verb, statement)
    }
    statement.run()
  }

  close(): void {
    if (this.#database.isOpen) this.#database.close()
  }

  #prepare(statement: Statement<never, unknown>): Prepared {
    const known = this.#prepared.get(statement)
    if (known !== undefined) return known
    const compiled = compile(sqliteDialect, statement)
    const prepared = { compiled, statement: this.#database.prepare(compiled.sql) }
    this.#prepared.set(statement, prepared)
    return prepared
  }
}

/** A list is one parameter: JSON text, which `json_each` reads. */
function bind(compiled: Compiled, params: object): SQLInputValue[] {
  return bindValues(compiled, params).map((value) =>
    Array.isArray(value) ? JSON.stringify(value) : (value as SQLInputValue),
  )
}

const PRAGMAS: readonly (readonly [name: string, value: string | number])[] = [
  ['busy_timeout', SQLITE_BUSY_TIMEOUT_MILLISECONDS],
  ['foreign_keys', 1],
  ['trusted_schema', 0],
  // A COMMIT answers after its fsync. (NORMAL loses acknowledged commits in a power cut.)
  ['synchronous', 2],
  // On macOS only F_FULLFSYNC reaches the disk; elsewhere these two change nothing.
  ['fullfsync', 1],
  ['checkpoint_fullfsync', 1],
  ['temp_store', 2],
  ['cache_size', -SQLITE_CACHE_KIB],
]

/** Opens a database with the settings of every connection; throws when one does not hold. */
export function openDatabase(path: string, options: { readonly readOnly: boolean }): DatabaseSync {
  const database = new DatabaseSync(path, { readOnly: options.readOnly })
  try {
    for (const [name, value] of PRAGMAS) setPragma(database, name, value)
    setPragma(database, 'journal_mode', path === ':memory:' ? 'memory' : 'wal')
    return database
  } catch (error) {
    database.close()
    throw error
  }
}

/** Sets a pragma and proves that it holds. Names and values are this code's own words. */
export function setPragma(database: DatabaseSync, name: string, value: string | number): void {
  database.exec(`pragma ${name} = ${value}`)
  const row = database.prepare(`pragma ${name}`).get()
  const actual = row === undefined ? undefined : Object.values(row)[0]
  if (actual !== value)
    throw new Error(`SQLite does not take ${name} = ${value}: it stays ${String(actual)}.`)
}
