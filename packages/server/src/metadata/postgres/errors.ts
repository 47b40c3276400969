import { DatabaseError } from 'pg'
import { RegistryError } from '../../core/errors.ts'
import { findTakenName } from '../columns.ts'

// SQLSTATE, https://www.postgresql.org/docs/18/errcodes-appendix.html.
const SERIALIZATION_FAILURE = '40001'
const DEADLOCK_DETECTED = '40P01'
const UNIQUE_VIOLATION = '23505'
const LOCK_NOT_AVAILABLE = '55P03'
const DISK_FULL = '53100'
const QUERY_CANCELED = '57014'
/** Classes: connection, resources, intervention of an operator, system. */
const AWAY = ['08', '53', '57', '58']

/** The work lost to another one, and finds the way free when it is run again. */
export function isRetriable(error: unknown): boolean {
  const code = sqlState(error)
  return code === SERIALIZATION_FAILURE || code === DEADLOCK_DETECTED
}

/** What a caller is told of an error of a query; one that is our own fault stays as it is. */
export function translatePostgresError(error: unknown): unknown {
  const code = sqlState(error)
  if (code === DISK_FULL)
    return new RegistryError(
      'storage_full',
      'The disk of the database is full. Nothing was changed; free some space and try again.',
      {},
      { cause: error },
    )
  if (code === UNIQUE_VIOLATION && error instanceof DatabaseError)
    return findTakenName({ constraint: error.constraint }) ?? error
  if (code === null || code === LOCK_NOT_AVAILABLE || code === QUERY_CANCELED || isRetriable(error))
    return databaseAway(error)
  return AWAY.some((prefix) => code.startsWith(prefix)) ? databaseAway(error) : error
}

export function databaseAway(cause: unknown): RegistryError {
  return new RegistryError(
    'registry_unavailable',
    'The database cannot be used at the moment. Nothing was changed; try again.',
    {},
    { cause },
  )
}

/** Whether the server was gone before it had answered, rather than that it refused. */
export function isConnectionLost(error: unknown): boolean {
  const code = sqlState(error)
  return code === null || code.startsWith('08') || code.startsWith('57')
}

/** Of a COMMIT whose answer was lost: it may have been done, and is not done again. */
export function outcomeUnknown(cause: unknown): RegistryError {
  return new RegistryError(
    'registry_unavailable',
    'The connection to the database broke at the last moment, so that nobody knows whether this ' +
      'was done. Look, and do it again if it was not.',
    {},
    { cause },
  )
}

/** Null for what the server did not say: the connection broke, or never came about. */
function sqlState(error: unknown): string | null {
  return error instanceof DatabaseError ? (error.code ?? null) : null
}
