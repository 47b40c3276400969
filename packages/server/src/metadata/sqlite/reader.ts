import type { ReadTx } from '../../core/ports/metadata-store.ts'
import { checkSchemaIsCurrent } from '../migrations/migrations.ts'
import type { MetadataReader } from '../reader.ts'
import { SqlTx } from '../tx.ts'
import { openDatabase, SqliteConnection } from './connection.ts'
import { SqliteSession } from './session.ts'

/** In WAL mode a second process may read while the server writes. Each read is one snapshot. */
export function openSqliteReader(path: string): MetadataReader {
  const database = openDatabase(path, { readOnly: true })
  try {
    const row = database.prepare('select max(version) as version from schema_version').get()
    checkSchemaIsCurrent(Number(row?.version ?? 0))
  } catch (error) {
    database.close()
    throw error
  }
  const connection = new SqliteConnection(database)
  // One after another: there is one connection, and each has a transaction of its own.
  let last: Promise<unknown> = Promise.resolve()
  return {
    read: (work) => {
      const result = last.then(() => readOnce(connection, work))
      last = result.catch(() => undefined)
      return result
    },
    problems: async () => {
      const found = database.prepare('pragma integrity_check(20)').all()
      const damage = found.map((row) => String(row.integrity_check)).filter((line) => line !== 'ok')
      const loose = database.prepare('pragma foreign_key_check').all()
      const kinds = Map.groupBy(loose, ({ table, parent }) => `${table} to ${parent}`)
      const links = [...kinds].map(
        ([kind, rows]) => `${rows.length} links from ${kind} lead nowhere`,
      )
      return [...damage, ...links]
    },
    close: async () => {
      await last
      connection.close()
    },
  }
}

async function readOnce<Result>(
  connection: SqliteConnection,
  work: (tx: ReadTx) => Promise<Result>,
): Promise<Result> {
  const session = new SqliteSession(connection, { writable: false })
  connection.say('begin')
  try {
    return await work(new SqlTx(session))
  } finally {
    session.end()
    connection.say('rollback')
  }
}
