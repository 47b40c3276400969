import assert from 'node:assert/strict'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { Client } from 'pg'
import { createTestDatabase, query, skipPostgres } from '../../../test/postgres.ts'
import { POSTGRES_DDL } from '../dialects/postgres.ts'
import { SQLITE_DDL } from '../dialects/sqlite.ts'
import { migratePostgres } from '../postgres/migrate.ts'
import { migrateSqlite } from '../sqlite/migrate.ts'
import { MIGRATIONS } from './migrations.ts'

/** What the tables held before there were members. */
const BEFORE = [
  'create table schema_version (version integer not null)',
  'insert into schema_version values (1)',
  `insert into entity values (1, 'greenroom-org', 'organization', 1, 5), (2, 'admin', 'user', 1, 6),
    (3, 'ada', 'user', 1, 7)`,
  `insert into organization values (1, 'Greenroom', 1, 5)`,
  `insert into registry_user values (1, 'admin', 'Administrator', null, 1, 2, 6),
    (2, 'ada', 'Ada', null, 0, 3, 7)`,
  `insert into token values ('t', 2, 'laptop', 'hf_abc', 'digest', 8, null)`,
]

const MEMBERS = 'select place_kind, place_id, principal_id, role from member order by principal_id'
const USERS = 'select kind, home_entity_id, removed_at from registry_user order by id'
const TOKENS = 'select scope, expires_at, last_used_at from token'

const WANTED = [
  [
    { place_kind: 'entity', place_id: 1, principal_id: 2, role: 'admin' },
    { place_kind: 'entity', place_id: 1, principal_id: 3, role: 'member' },
  ],
  [
    { kind: 'user', home_entity_id: 2, removed_at: null },
    { kind: 'user', home_entity_id: 3, removed_at: null },
  ],
  [{ scope: null, expires_at: null, last_used_at: null }],
]

const [foundation] = MIGRATIONS
assert.ok(foundation !== undefined)

test('users of before are members of their organization, on SQLite', () => {
  const database = new DatabaseSync(':memory:')
  for (const statement of [...foundation(SQLITE_DDL), ...BEFORE]) database.exec(statement)
  migrateSqlite(database)
  const found = [MEMBERS, USERS, TOKENS].map((text) =>
    database
      .prepare(text)
      .all()
      .map((row) => ({ ...row })),
  )
  assert.deepEqual(found, WANTED)
  database.close()
})

test('users of before are members of their organization, on PostgreSQL', {
  skip: skipPostgres,
}, async () => {
  const url = await createTestDatabase()
  const client = new Client({ connectionString: url })
  await client.connect()
  for (const statement of [...foundation(POSTGRES_DDL), ...BEFORE]) await client.query(statement)
  await client.end()
  await migratePostgres(url)
  const found: unknown[] = []
  for (const text of [MEMBERS, USERS, TOKENS]) found.push(numbered(await query(url, text)))
  assert.deepEqual(found, WANTED)
})

/** The driver gives 64-bit integers as text. */
function numbered(rows: readonly object[]): unknown {
  return rows.map((row) =>
    Object.fromEntries(
      Object.entries(row).map(([name, value]) => [
        name,
        typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value,
      ]),
    ),
  )
}
