import { RegistryError } from '../core/errors.ts'
import type { ClientDigest } from '../core/model/digest.ts'
import type { Session } from './session.ts'
import type { RowsStatement } from './statement.ts'

/** One row as the model has it, or undefined where there is none. */
export function mapFound<Row, Item>(
  row: Row | undefined,
  map: (row: Row) => Item,
): Item | undefined {
  return row === undefined ? undefined : map(row)
}

/** Reads a list of names, which a column keeps as JSON text. */
export function parseNames(json: string): readonly string[] {
  return json === '[]' ? [] : (JSON.parse(json) as string[])
}

interface ClientDigestColumns {
  client_digest_kind: string | null
  client_digest: string | null
}

export function clientDigestOf(row: ClientDigestColumns): ClientDigest | null {
  return row.client_digest_kind === null || row.client_digest === null
    ? null
    : { kind: row.client_digest_kind, value: row.client_digest }
}

export function clientDigestColumns(digest: ClientDigest | null): ClientDigestColumns {
  return { client_digest_kind: digest?.kind ?? null, client_digest: digest?.value ?? null }
}

/** The row is there already, put there by this work or by another one that came first. */
export class AlreadyThere extends RegistryError {
  constructor(what: string) {
    super('already_exists', `${what} exists already.`)
  }
}

/**
 * Inserts one row with a statement that does nothing on conflict, and throws `already_exists` then.
 * (A unique violation would end a PostgreSQL transaction; like this the work can look and go on.)
 */
export async function insertNew<Row extends object>(
  session: Session,
  statement: RowsStatement<Row>,
  row: Row,
  what: string,
): Promise<void> {
  if ((await session.insertRows(statement, [row])) === 0) throw new AlreadyThere(what)
}

/** Refuses to let a change of a row that is not there pass for done. */
export function checkChanged(rows: number, what: string): void {
  if (rows !== 1) throw new Error(`${what} cannot be changed: ${rows} rows have its key`)
}

/** Names that an UPDATE can find taken, as each database says it. */
const RENAMES = [
  { constraint: 'collection_name', columns: 'collection.owner_id, collection.name' },
  { constraint: 'owner_name', columns: 'owner.entity_id, owner.kind, owner.name' },
]

/** The refusal of a rename to a name that was taken meanwhile; undefined for another violation. */
export function findTakenName(violated: {
  readonly constraint?: string | undefined
  readonly columns?: string | undefined
}): AlreadyThere | undefined {
  const taken = RENAMES.some(
    ({ constraint, columns }) => constraint === violated.constraint || columns === violated.columns,
  )
  return taken ? new AlreadyThere('This name') : undefined
}
