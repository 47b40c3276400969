import { createHash } from 'node:crypto'
import { open, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { openDatabase } from './connection.ts'

/** How much a snapshot holds, and where its chains end: what a restored copy is held against. */
export interface SnapshotHeads {
  readonly schema: number
  readonly collections: number
  readonly versions: number
  readonly memberships: number
  readonly pointerEvents: number
  readonly events: number
  readonly streamRevision: number
  readonly streamHash: string
  /** SHA-256, hex, of a line `id seq hash` for each collection in order of id. */
  readonly logsDigest: string
}

/**
 * Writes the whole database, as it is at one instant, into a new file, durable when it resolves. A
 * server may write meanwhile: readers do not hold it up.
 */
export async function takeSnapshot(path: string, target: string): Promise<void> {
  const source = openDatabase(path, { readOnly: true })
  try {
    source.prepare('vacuum into ?').run(target)
  } finally {
    source.close()
  }
  // Ready to be opened like any other: by `verify`, or as it is after a restore.
  openDatabase(target, { readOnly: false }).close()
  await sync(target)
  await sync(dirname(target))
}

/**
 * A connection that only reads leaves an empty log and its index behind. Removes them from beside a
 * file that nobody has open.
 */
export async function removeSideFiles(path: string): Promise<void> {
  for (const suffix of ['-journal', '-wal', '-shm']) await rm(`${path}${suffix}`, { force: true })
}

export function readHeads(path: string): SnapshotHeads {
  const database = new DatabaseSync(path, { readOnly: true })
  try {
    const number = (sql: string) => Number(Object.values(database.prepare(sql).get() ?? {})[0] ?? 0)
    const count = (table: string) => number(`select count(*) from ${table}`)
    const head = database
      .prepare('select revision, hash from stream order by revision desc limit 1')
      .get()
    const logs = createHash('sha256')
    const collections = 'select id, log_seq, log_hash from collection order by id'
    for (const { id, log_seq, log_hash } of database.prepare(collections).iterate())
      logs.update(`${id} ${log_seq} ${log_hash}\n`)
    return {
      schema: number('select max(version) from schema_version'),
      collections: count('collection'),
      versions: count('version'),
      memberships: count('membership'),
      pointerEvents: count('pointer_event'),
      events: count('event'),
      streamRevision: Number(head?.revision ?? 0),
      streamHash: String(head?.hash ?? ''),
      logsDigest: logs.digest('hex'),
    }
  } finally {
    database.close()
  }
}

async function sync(path: string): Promise<void> {
  const file = await open(path, 'r')
  try {
    await file.sync()
  } finally {
    await file.close()
  }
}
