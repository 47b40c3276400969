import { Client } from 'pg'
import { POSTGRES_CONNECT_TIMEOUT_MILLISECONDS } from '../../core/limits.ts'
import { POSTGRES_DDL } from '../dialects/postgres.ts'
import { checkSchemaVersion, MIGRATIONS } from '../migrations/migrations.ts'

/** Any number that no other program in the same database takes: "greenroo" in ASCII. */
const LOCK_KEY = '7454421861870268271'

/**
 * Checks that the server keeps what it acknowledges, and brings the tables up to date, each step
 * whole or not at all. Replicas that start together do it one after another.
 */
export async function migratePostgres(url: string): Promise<void> {
  const client = new Client({
    connectionString: url,
    connectionTimeoutMillis: POSTGRES_CONNECT_TIMEOUT_MILLISECONDS,
    application_name: 'greenroom migrate',
  })
  await client.connect()
  try {
    await checkSettings(client)
    await client.query('select pg_advisory_lock($1)', [LOCK_KEY])
    await client.query('create table if not exists schema_version (version integer not null)')
    const { rows } = await client.query<{ version: number | null }>(
      'select max(version) as version from schema_version',
    )
    const version = rows[0]?.version ?? 0
    checkSchemaVersion(version)
    for (const [index, migration] of MIGRATIONS.entries()) {
      if (index < version) continue
      await client.query('begin')
      for (const statement of migration(POSTGRES_DDL)) await client.query(statement)
      await client.query('insert into schema_version (version) values ($1)', [index + 1])
      await client.query('commit')
    }
  } finally {
    // Ends the session, and with it the lock and a migration that failed half-way.
    await client.end()
  }
}

const REQUIRED: readonly {
  readonly setting: string
  readonly accepts: (value: string) => boolean
  readonly sentence: string
}[] = [
  {
    setting: 'fsync',
    accepts: (value) => value === 'on',
    sentence: 'it runs with fsync=off and loses data when its machine stops. Set fsync=on.',
  },
  {
    setting: 'full_page_writes',
    accepts: (value) => value === 'on',
    sentence: 'it runs with full_page_writes=off and can be torn by a power cut. Set it on.',
  },
  {
    setting: 'synchronous_commit',
    accepts: (value) => value !== 'off',
    sentence: 'it runs with synchronous_commit=off and loses acknowledged changes. Set it on.',
  },
  {
    setting: 'server_encoding',
    accepts: (value) => value === 'UTF8',
    sentence: 'its database is not in UTF8. Create one with ENCODING UTF8.',
  },
]

async function checkSettings(client: Client): Promise<void> {
  for (const { setting, accepts, sentence } of REQUIRED) {
    const { rows } = await client.query<{ value: string }>('select current_setting($1) as value', [
      setting,
    ])
    if (!accepts(rows[0]?.value ?? '')) throw new Error(`This PostgreSQL is refused: ${sentence}`)
  }
}
