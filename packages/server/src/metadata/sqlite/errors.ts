import { RegistryError } from '../../core/errors.ts'
import { findTakenName } from '../columns.ts'

// Primary result codes, https://www.sqlite.org/rescode.html.
const FULL = 13
const CONSTRAINT = 19
/** IOERR_FSYNC, an extended code. */
const FAILED_SYNC = 1034
const AWAY = new Set([
  3, // PERM
  5, // BUSY
  6, // LOCKED
  7, // NOMEM
  8, // READONLY
  9, // INTERRUPT
  10, // IOERR
  11, // CORRUPT
  14, // CANTOPEN
  15, // PROTOCOL
  26, // NOTADB
])

/** What a caller is told of an error of SQLite's; one that is our own fault stays as it is. */
export function translateSqliteError(error: unknown): unknown {
  const code = primaryCode(error)
  if (code === FULL)
    return new RegistryError(
      'storage_full',
      'The disk of the database is full. Nothing was changed; free some space and try again.',
      {},
      { cause: error },
    )
  if (code === CONSTRAINT && error instanceof Error) {
    const columns = /^UNIQUE constraint failed: (.+)$/.exec(error.message)?.[1]
    return findTakenName({ columns }) ?? error
  }
  return AWAY.has(code) ? databaseAway(error) : error
}

export function databaseAway(cause: unknown): RegistryError {
  return new RegistryError(
    'registry_unavailable',
    'The database cannot be used at the moment. Nothing was changed; try again.',
    {},
    { cause },
  )
}

export function isFailedSync(error: unknown): boolean {
  return extendedCode(error) === FAILED_SYNC
}

function primaryCode(error: unknown): number {
  return extendedCode(error) & 0xff
}

/** 0 for what SQLite did not say. */
function extendedCode(error: unknown): number {
  if (!(error instanceof Error) || !('errcode' in error)) return 0
  return typeof error.errcode === 'number' ? error.errcode : 0
}
