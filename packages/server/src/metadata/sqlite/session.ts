import { TransactionMisuse } from '../../core/ports/metadata-store.ts'
import type { Session } from '../session.ts'
import { changesRights, type RowsStatement, type Statement } from '../statement.ts'
import type { SqliteConnection } from './connection.ts'
import { databaseAway, translateSqliteError } from './errors.ts'

/**
 * One work's use of a connection. Statements run at once: what they return has settled already, so
 * that a work which awaits nothing else ends before the event loop turns.
 */
export class SqliteSession implements Session {
  readonly writable: boolean
  readonly #connection: SqliteConnection
  #over = false
  #changedRights = false
  /** The error of the database that ended this work, even if the work itself swallowed it. */
  #failure: { readonly error: unknown } | null = null

  constructor(connection: SqliteConnection, options: { readonly writable: boolean }) {
    this.#connection = connection
    this.writable = options.writable
  }

  get changedRights(): boolean {
    return this.#changedRights
  }

  get failure(): { readonly error: unknown } | null {
    return this.#failure
  }

  /** From here on every use throws `transaction_over`. */
  end(): void {
    this.#over = true
  }

  async all<Params extends object, Row>(
    statement: Statement<Params, Row>,
    params: Params,
  ): Promise<readonly Row[]> {
    return this.#attempt(() => this.#connection.all(statement, params))
  }

  async first<Params extends object, Row>(
    statement: Statement<Params, Row>,
    params: Params,
  ): Promise<Row | undefined> {
    return this.#attempt(() => this.#connection.first(statement, params))
  }

  async run<Params extends object>(
    statement: Statement<Params, unknown>,
    params: Params,
  ): Promise<number> {
    if (changesRights(statement)) this.#changedRights = true
    return this.#attempt(() => this.#connection.run(statement, [params]))
  }

  async insertRows<Row extends object>(
    statement: RowsStatement<Row>,
    rows: readonly Row[],
  ): Promise<number> {
    if (changesRights(statement)) this.#changedRights = true
    return this.#attempt(() => this.#connection.run(statement, rows))
  }

  #attempt<Result>(run: () => Result): Result {
    if (this.#over)
      throw new TransactionMisuse(
        'transaction_over',
        'The transaction is over: use tx only inside its work, and await every call.',
      )
    if (this.#failure !== null) throw this.#failure.error
    try {
      // Outside of the transaction, what it wrote would be committed at once.
      if (this.writable && !this.#connection.inTransaction)
        throw databaseAway(new Error('SQLite ended the transaction'))
      return run()
    } catch (error) {
      const translated = translateSqliteError(error)
      this.#failure = { error: translated }
      throw translated
    }
  }
}
