import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { SQLITE_MAX_LOG_BYTES } from '../../core/limits.ts'
import {
  type MetadataStore,
  type ReadTx,
  type StreamWatch,
  TransactionMisuse,
  type Tx,
} from '../../core/ports/metadata-store.ts'
import { SqlTx } from '../tx.ts'
import { Checkpointer } from './checkpointer.ts'
import { openDatabase, SqliteConnection, setPragma } from './connection.ts'
import { databaseAway } from './errors.ts'
import { GroupWriter } from './group-writer.ts'
import { lockDatabase, refuseNetworkFileSystem } from './lock.ts'
import { migrateSqlite } from './migrate.ts'
import { SqliteSequencer } from './sequencer.ts'
import { SqliteSession } from './session.ts'

/** Pages of the log after which SQLite checkpoints by itself, where no worker does it. */
const FALLBACK_CHECKPOINT_PAGES = 1_000

/** How long a commit of somebody who must not write may go unseen. */
const FOREIGN_COMMIT_MILLISECONDS = 1_000

/** Opens a database file (made when it is missing), for this process alone. */
export function openSqliteFile(path: string): MetadataStore {
  refuseNetworkFileSystem(path)
  const lock = lockDatabase(path)
  try {
    const writer = openDatabase(path, { readOnly: false })
    setPragma(writer, 'wal_autocheckpoint', 0)
    setPragma(writer, 'journal_size_limit', SQLITE_MAX_LOG_BYTES)
    migrateSqlite(writer)
    const reader = openDatabase(path, { readOnly: true })
    return new SqliteStore({ writer, reader, path, release: lock.release })
  } catch (error) {
    lock.release()
    throw error
  }
}

/** A database that is gone with the store: for tests. */
export function openSqliteMemory(): MetadataStore {
  const writer = openDatabase(':memory:', { readOnly: false })
  migrateSqlite(writer)
  return new SqliteStore({ writer, reader: null, path: null, release: () => undefined })
}

interface Parts {
  readonly writer: DatabaseSync
  /** Null in memory: the writer's connection serves reads between groups. */
  readonly reader: DatabaseSync | null
  readonly path: string | null
  readonly release: () => void
}

interface OpenRead {
  readonly session: SqliteSession
  readonly reject: (error: unknown) => void
}

class SqliteStore implements MetadataStore {
  readonly stream: StreamWatch
  readonly #parts: Parts
  readonly #writerConnection: SqliteConnection
  readonly #readerConnection: SqliteConnection
  readonly #writer: GroupWriter
  readonly #checkpointer: Checkpointer | null
  readonly #dataVersion: StatementSync | null
  readonly #reads = new Set<OpenRead>()
  #checksReads = false
  #commits = 0
  #askedAt = Number.NEGATIVE_INFINITY
  #seenVersion = 0
  #rightsVersion = 0
  #closing: Promise<void> | null = null

  constructor(parts: Parts) {
    this.#parts = parts
    this.#writerConnection = new SqliteConnection(parts.writer)
    this.#readerConnection =
      parts.reader === null ? this.#writerConnection : new SqliteConnection(parts.reader)
    const sequencer = new SqliteSequencer(this.#writerConnection)
    this.stream = sequencer.tail
    this.#writer = new GroupWriter(this.#writerConnection, {
      now: () => performance.now(),
      beforeGroup: () => this.#refuseOpenReads(),
      beforeCommit: () => sequencer.placeFacts(),
      afterCommit: (changedRights) => {
        this.#commits += 1
        if (changedRights) this.#rightsVersion += 1
        sequencer.noteCommit()
        this.#checkpointer?.noteCommit()
      },
    })
    this.#checkpointer = parts.path === null ? null : this.#checkpoint(parts.path)
    this.#dataVersion = parts.reader?.prepare('pragma data_version') ?? null
  }

  /**
   * A read begins and ends before the event loop turns, and COMMITs happen only in immediates: so
   * all its statements see one state, without a transaction around them.
   */
  read<Result>(work: (tx: ReadTx) => Promise<Result>): Promise<Result> {
    const refusal = this.#refusal()
    if (refusal !== null) return Promise.reject(refusal)
    return new Promise<Result>((resolve, reject) => {
      const session = new SqliteSession(this.#readerConnection, { writable: false })
      const read = { session, reject }
      this.#reads.add(read)
      this.#checkReadsSoon()
      start(work, session).then(
        (result) => this.#endRead(read, () => resolve(result)),
        (error: unknown) => this.#endRead(read, () => reject(error)),
      )
    })
  }

  transaction<Result>(work: (tx: Tx) => Promise<Result>): Promise<Result> {
    const refusal = this.#refusal()
    return refusal === null ? this.#writer.submit(work) : Promise.reject(refusal)
  }

  /**
   * The count of our own commits: no other process may write while we hold the database. Should one
   * do so all the same, with a tool of SQLite's, that is seen within a second: to ask SQLite itself
   * each time would cost as much as all the rest of a resolve.
   */
  dataVersion(): number {
    const now = performance.now()
    if (this.#dataVersion !== null && now - this.#askedAt >= FOREIGN_COMMIT_MILLISECONDS) {
      this.#askedAt = now
      const seen = Number(this.#dataVersion.get()?.data_version)
      if (seen !== this.#seenVersion) this.#commits += 1
      this.#seenVersion = seen
    }
    return this.#commits
  }

  rightsVersion(): number {
    return this.#rightsVersion
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    await this.#writer.idle()
    await this.#checkpointer?.close()
    this.#readerConnection.close()
    this.#writerConnection.close()
    this.#parts.release()
  }

  #checkpoint(path: string): Checkpointer {
    return new Checkpointer(path, {
      hold: () => this.#writer.hold(),
      resume: () => this.#writer.resume(),
      failed: () => setPragma(this.#parts.writer, 'wal_autocheckpoint', FALLBACK_CHECKPOINT_PAGES),
    })
  }

  #refusal(): Error | null {
    if (this.#writer.isRunning)
      return new TransactionMisuse(
        'transaction_nested',
        'A transaction began another one, or a read. Use the tx that it was given.',
      )
    return this.#closing === null ? null : databaseAway(new Error('the store is closed'))
  }

  #endRead(read: OpenRead, answer: () => void): void {
    if (!this.#reads.delete(read)) return
    read.session.end()
    answer()
  }

  #checkReadsSoon(): void {
    if (this.#checksReads) return
    this.#checksReads = true
    setImmediate(() => {
      this.#checksReads = false
      this.#refuseOpenReads()
    })
  }

  #refuseOpenReads(): void {
    for (const read of this.#reads)
      this.#endRead(read, () =>
        read.reject(
          new TransactionMisuse(
            'transaction_yielded',
            'A read awaited something else than tx. Do it before or after the read.',
          ),
        ),
      )
  }
}

async function start<Result>(
  work: (tx: ReadTx) => Promise<Result>,
  session: SqliteSession,
): Promise<Result> {
  return work(new SqlTx(session))
}
