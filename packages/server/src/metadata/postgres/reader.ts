import { Client, types } from 'pg'
import { POSTGRES_CONNECT_TIMEOUT_MILLISECONDS } from '../../core/limits.ts'
import type { ReadTx } from '../../core/ports/metadata-store.ts'
import { checkSchemaIsCurrent } from '../migrations/migrations.ts'
import type { MetadataReader } from '../reader.ts'
import { SqlTx } from '../tx.ts'
import { PostgresSession } from './session.ts'

const INT8 = 20

export async function openPostgresReader(url: string): Promise<MetadataReader> {
  const client = new Client({
    connectionString: url,
    connectionTimeoutMillis: POSTGRES_CONNECT_TIMEOUT_MILLISECONDS,
    application_name: 'greenroom reader',
    types: {
      getTypeParser: (oid, format) => (oid === INT8 ? Number : types.getTypeParser(oid, format)),
    },
  })
  await client.connect()
  try {
    const { rows } = await client.query<{ version: number | null }>(
      'select max(version) as version from schema_version',
    )
    checkSchemaIsCurrent(rows[0]?.version ?? 0)
  } catch (error) {
    await client.end()
    throw error
  }
  let last: Promise<unknown> = Promise.resolve()
  return {
    read: (work) => {
      const result = last.then(() => readOnce(client, work))
      last = result.catch(() => undefined)
      return result
    },
    problems: async () => [],
    close: () => client.end(),
  }
}

async function readOnce<Result>(
  client: Client,
  work: (tx: ReadTx) => Promise<Result>,
): Promise<Result> {
  const session = new PostgresSession(client, { writable: false })
  await client.query('begin isolation level repeatable read read only')
  try {
    return await work(new SqlTx(session))
  } finally {
    session.end()
    await client.query('rollback')
  }
}
