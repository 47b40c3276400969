import type { RowsStatement, Statement } from './statement.ts'

/** Runs statements in one work's transaction. After the work it throws `transaction_over`. */
export interface Session {
  /** False in a `read`, whose rows cannot be locked. */
  readonly writable: boolean
  all<Params extends object, Row>(
    statement: Statement<Params, Row>,
    params: Params,
  ): Promise<readonly Row[]>
  first<Params extends object, Row>(
    statement: Statement<Params, Row>,
    params: Params,
  ): Promise<Row | undefined>
  /** How many rows it changed. */
  run<Params extends object>(statement: Statement<Params, unknown>, params: Params): Promise<number>
  /** How many rows it wrote. */
  insertRows<Row extends object>(
    statement: RowsStatement<Row>,
    rows: readonly Row[],
  ): Promise<number>
}
