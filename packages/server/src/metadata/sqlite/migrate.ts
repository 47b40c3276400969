import type { DatabaseSync } from 'node:sqlite'
import { SQLITE_DDL } from '../dialects/sqlite.ts'
import { checkSchemaVersion, MIGRATIONS } from '../migrations/migrations.ts'

/** Brings the tables up to date, each step whole or not at all, under the process lock. */
export function migrateSqlite(database: DatabaseSync): void {
  database.exec('create table if not exists schema_version (version integer not null) strict')
  const row = database.prepare('select max(version) as version from schema_version').get()
  const version = Number(row?.version ?? 0)
  checkSchemaVersion(version)
  for (const [index, migration] of MIGRATIONS.entries()) {
    if (index < version) continue
    database.exec('begin immediate')
    try {
      for (const statement of migration(SQLITE_DDL)) database.exec(statement)
      database.prepare('insert into schema_version (version) values (?)').run(index + 1)
      database.exec('commit')
    } catch (error) {
      if (database.isTransaction) database.exec('rollback')
      throw error
    }
  }
}
