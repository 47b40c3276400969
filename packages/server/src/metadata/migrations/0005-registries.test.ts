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

/** A version that is linked elsewhere, and one that was deleted, before there was `updatedAt`. */
const BEFORE = [
  'create table schema_version (version integer not null)',
  'insert into schema_version values (1)',
  `insert into entity values (1, 'greenroom-org', 'organization', 1, 5)`,
  `insert into organization values (1, 'Greenroom', 1, 5)`,
  `insert into owner values (1, 'registry', 1, 'model', null, 5, 5, null)`,
  ...['source', 'linked'].map(
    (kind) => `insert into collection values ('${kind}', 1, '${kind}', '${kind}', 'model', null, 2,
      0, '', 0, 1, 5, 5, null)`,
  ),
  ...[0, 1].map(
    (index) => `insert into version values ('v${index}', 'd', null, null, 'source', ${index},
      'committed', null, 1, 1, '{}', null, '[]', null, null, null, 1, 5, ${70 + index}, 1)`,
  ),
  ...['0, 5, null', '1, 5, 9'].map((rest) => {
    const [index, made, ended] = rest.split(', ')
    return `insert into membership values ('source', ${index}, 'v${index}', 'd', null, null, 1,
      ${made}, ${ended}, null)`
  }),
  `insert into membership values ('linked', 0, 'v0', 'd', null, null, 1, 6, null, null)`,
]

const FIELDS = `select collection_id as place, member_index as at, cast(number as integer) as number
  from member_field where path = 'updatedAt' order by collection_id, member_index`
const OWNERS = 'select allows_all_types as every, artifact_types as declared from owner'
const TAGS = `select distinct tags from collection`

const WANTED = [
  [
    { place: 'linked', at: 0, number: 70 },
    { place: 'source', at: 0, number: 70 },
  ],
  [{ every: 1, declared: '[]' }],
  [{ tags: '[]' }],
]

const [foundation] = MIGRATIONS
assert.ok(foundation !== undefined)

test('versions of before can be put in order of their last change, on SQLite', () => {
  const database = new DatabaseSync(':memory:')
  for (const statement of [...foundation(SQLITE_DDL), ...BEFORE]) database.exec(statement)
  migrateSqlite(database)
  const found = [FIELDS, OWNERS, TAGS].map((text) =>
    database
      .prepare(text)
      .all()
      .map((row) => ({ ...row })),
  )
  assert.deepEqual(found, WANTED)
  database.close()
})

test('versions of before can be put in order of their last change, on PostgreSQL', {
  skip: skipPostgres,
}, async () => {
  const url = await createTestDatabase()
  const client = new Client({ connectionString: url })
  await client.connect()
  for (const statement of [...foundation(POSTGRES_DDL), ...BEFORE]) await client.query(statement)
  await client.end()
  await migratePostgres(url)
  const found: unknown[] = []
  for (const text of [FIELDS, OWNERS, TAGS])
    found.push((await query(url, text)).map((row) => numbered(row)))
  assert.deepEqual(found, WANTED)
})

/** The driver gives 64-bit integers as text. */
function numbered(row: object): unknown {
  const isNumber = (value: unknown) => typeof value === 'string' && /^\d+$/.test(value)
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => [name, isNumber(value) ? Number(value) : value]),
  )
}
