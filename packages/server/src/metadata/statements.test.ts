import assert from 'node:assert/strict'
import { DatabaseSync } from 'node:sqlite'
import { after, before, describe, it } from 'node:test'
import { Client } from 'pg'
import { createTestDatabase, skipPostgres } from '../../test/postgres.ts'
import { postgresDialect } from './dialects/postgres.ts'
import { sqliteDialect } from './dialects/sqlite.ts'
import { migratePostgres } from './postgres/migrate.ts'
import { migrateSqlite } from './sqlite/migrate.ts'
import { compile, definedStatements } from './statement.ts'
import './tx.ts'

/** Statements that may read a whole table or index, and why. */
const MAY_SCAN = new Map([
  ['event.head', 'reads one row, from the end of the index'],
  ['event.unplaced', 'the queue is empty but for what was committed just now'],
  ['organization.list', 'there are few, and all are asked for'],
])

/** Statements that sort what an index has found, and why that is never much. */
const MAY_SORT = new Map([
  ['alias.listBorne', 'sorts what a page of members bears'],
  ['membership.listByVersions', 'sorts the places of a page of versions'],
])

/** Statements that SQLite could serve from another index, reading thousands of rows for a few. */
const MUST_USE = new Map([
  ['alias.findCrowded', 'alias_crowd'],
  ['blob.uploadedOfMd5', 'blob_md5'],
  ['collection.examine', 'collection_name'],
  ['collection.examineOfType', 'collection_type'],
  ['draft.findDistributed', 'draft_distributed'],
  ['event.stageChanges', 'event_stages'],
  ['manifest.findByClientDigest', 'manifest_entry_client_digest'],
  ['manifest.examineBlobs', 'manifest_entry_digest'],
  ['manifest.examineUnproven', 'manifest_entry_digest'],
  ['membership.findByClientDigest', 'membership_client_digest'],
  ['membership.findByDigest', 'membership_digest'],
  ['pointerLog.listOfAlias', 'pointer_event_time'],
  ['pointerLog.findAt', 'pointer_event_time'],
])

const statements = definedStatements()

it('the exceptions below are of statements that are there', () => {
  const names = new Set(statements.map(({ name }) => name))
  for (const list of [MAY_SCAN, MAY_SORT, MUST_USE])
    for (const name of list.keys()) assert(names.has(name), name)
})

describe('SQLite serves every statement from an index', () => {
  const database = new DatabaseSync(':memory:')
  before(() => {
    migrateSqlite(database)
    // As every connection that is opened later: it has read the statistics.
    database.exec('analyze sqlite_schema')
  })
  after(() => database.close())
  for (const statement of statements)
    it(statement.name, () => {
      const { sql, parameters } = compile(sqliteDialect, statement)
      const plan = database
        .prepare(`explain query plan ${sql}`)
        .all(...parameters.map(() => null))
        .map(({ detail }) => String(detail))
      const scans = plan.filter((step) => isFullScan(step, plan))
      assert.deepEqual(MAY_SCAN.has(statement.name) ? [] : scans, [], plan.join('\n'))
      assert.match(plan.join('\n'), new RegExp(MUST_USE.get(statement.name) ?? ''))
      const sorts = plan.filter((step) => step.includes('TEMP B-TREE'))
      assert.deepEqual(MAY_SORT.has(statement.name) ? [] : sorts, [], plan.join('\n'))
    })
})

/** A list that came as a parameter, and what a step of the same plan finds, is walked whole. */
function isFullScan(step: string, plan: readonly string[]): boolean {
  const scanned = /^SCAN (\S+)/.exec(step)?.[1]
  if (scanned === undefined || scanned === 'json_each' || scanned === 'CONSTANT') return false
  return !plan.some((other) => /^(CO-ROUTINE|MATERIALIZE) (\S+)/.exec(other)?.[2] === scanned)
}

interface PlanNode {
  readonly 'Node Type': string
  readonly 'Relation Name'?: string
  readonly 'Index Cond'?: string
  readonly Plans?: readonly PlanNode[]
}

describe('PostgreSQL serves every statement from an index', { skip: skipPostgres }, () => {
  let client: Client
  before(async () => {
    const url = await createTestDatabase()
    await migratePostgres(url)
    client = new Client({ connectionString: url })
    await client.connect()
    await fillTables(client)
    // Says whether there is any other way than to read all.
    await client.query('set enable_seqscan = off')
  })
  after(() => client.end())
  for (const statement of statements)
    it(statement.name, async () => {
      const { sql } = compile(postgresDialect, statement)
      const { rows } = await client.query(`explain (generic_plan, format json) ${sql}`)
      const plan = rows[0]['QUERY PLAN'][0].Plan as PlanNode
      const scans = nodes(plan).filter(isUnguided)
      const found = scans.map((node) => `${node['Node Type']} of ${node['Relation Name']}`)
      assert.deepEqual(MAY_SCAN.has(statement.name) ? [] : found, [], JSON.stringify(plan, null, 1))
    })
})

const FILLED_ROWS = 5_000

/** On empty tables every plan costs the same: fills each one with as many rows of any content. */
async function fillTables(client: Client): Promise<void> {
  // Without foreign keys: this content stands on nothing.
  await client.query('set session_replication_role = replica')
  const { rows } = await client.query<{ name: string; columns: string; fillers: string }>(`
    select table_name as name, string_agg(quote_ident(column_name), ', ') as columns,
      string_agg(case when is_nullable = 'YES' then 'case when n % 2 = 0 then ' else '' end
        || case data_type when 'text' then 'md5(n::text)'
          when 'bytea' then 'decode(''00'', ''hex'')'
          else 'n' end
        || case when is_nullable = 'YES' then ' end' else '' end, ', ') as fillers
    from information_schema.columns
    where table_schema = 'public' and is_identity = 'NO' group by table_name`)
  for (const { name, columns, fillers } of rows)
    await client.query(`insert into ${name} (${columns})
      select ${fillers} from generate_series(1, ${FILLED_ROWS}) as n`)
  await client.query('analyze')
}

function nodes(plan: PlanNode): readonly PlanNode[] {
  return [plan, ...(plan.Plans ?? []).flatMap(nodes)]
}

/** Reads a table, or all of an index of it, without anything to look for. */
function isUnguided(node: PlanNode): boolean {
  const type = node['Node Type']
  if (type === 'Seq Scan') return true
  return /^(Index Scan|Index Only Scan|Bitmap Index Scan)$/.test(type) && !node['Index Cond']
}
