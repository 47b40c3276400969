import type { ClientBase, QueryConfig, QueryResult } from 'pg'
import { TransactionMisuse } from '../../core/ports/metadata-store.ts'
import { bindValues } from '../bind.ts'
import { postgresDialect } from '../dialects/postgres.ts'
import type { Session } from '../session.ts'
import {
  type Compiled,
  changesRights,
  compile,
  type RowsStatement,
  type Statement,
} from '../statement.ts'
import { translatePostgresError } from './errors.ts'

const compiledOnce = new Map<Statement<never, unknown>, Compiled>()

/** An error as it came, and as the work gets it. */
export interface Failure {
  readonly cause: unknown
  readonly error: unknown
}

/** One work's use of a connection. */
export class PostgresSession implements Session {
  readonly writable: boolean
  readonly #client: ClientBase
  #over = false
  #changedRights = false
  #failure: Failure | null = null

  constructor(client: ClientBase, options: { readonly writable: boolean }) {
    this.#client = client
    this.writable = options.writable
  }

  get changedRights(): boolean {
    return this.#changedRights
  }

  get isOver(): boolean {
    return this.#over
  }

  /** What ended the transaction, even if the work itself swallowed it. */
  get failure(): Failure | null {
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
    return (await this.#query(statement, params)).rows
  }

  async first<Params extends object, Row>(
    statement: Statement<Params, Row>,
    params: Params,
  ): Promise<Row | undefined> {
    return (await this.#query(statement, params)).rows[0]
  }

  async run<Params extends object>(
    statement: Statement<Params, unknown>,
    params: Params,
  ): Promise<number> {
    return (await this.#query(statement, params)).rowCount ?? 0
  }

  /** One statement for all: each column's values are one array. */
  async insertRows<Row extends object>(
    statement: RowsStatement<Row>,
    rows: readonly Row[],
  ): Promise<number> {
    if (rows.length === 0) return 0
    const arrays = statement.columns.map((column) => [column, rows.map((row) => row[column])])
    return (await this.#query(statement, Object.fromEntries(arrays))).rowCount ?? 0
  }

  async #query<Params extends object, Row>(
    statement: Statement<Params, Row>,
    params: object,
  ): Promise<QueryResult<Row & object>> {
    if (this.#over)
      throw new TransactionMisuse(
        'transaction_over',
        'The transaction is over: use tx only inside its work, and await every call.',
      )
    if (this.#failure !== null) throw this.#failure.error
    if (changesRights(statement)) this.#changedRights = true
    const query = this.#bind(statement, params)
    try {
      return await this.#client.query<Row & object>(query)
    } catch (cause) {
      throw this.#fail(cause, translatePostgresError(cause))
    }
  }

  #bind(statement: Statement<never, unknown>, params: object): QueryConfig {
    try {
      const compiled = compileOnce(statement)
      return { name: compiled.name, text: compiled.sql, values: bindValues(compiled, params) }
    } catch (error) {
      throw this.#fail(error, error)
    }
  }

  #fail(cause: unknown, error: unknown): unknown {
    this.#failure ??= { cause, error }
    return error
  }
}

function compileOnce(statement: Statement<never, unknown>): Compiled {
  let known = compiledOnce.get(statement)
  if (known === undefined) {
    known = compile(postgresDialect, statement)
    compiledOnce.set(statement, known)
  }
  return known
}
