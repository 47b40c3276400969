import { AsyncLocalStorage } from 'node:async_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import { Pool, type PoolClient, type PoolConfig, types } from 'pg'
import {
  MAX_TRANSACTION_ATTEMPTS,
  POSTGRES_CONNECT_TIMEOUT_MILLISECONDS,
  POSTGRES_IDLE_TRANSACTION_TIMEOUT_MILLISECONDS,
  POSTGRES_LOCK_TIMEOUT_MILLISECONDS,
  POSTGRES_MAX_CONNECTIONS,
  POSTGRES_STATEMENT_TIMEOUT_MILLISECONDS,
} from '../../core/limits.ts'
import { STREAM_START } from '../../core/model/stream-event.ts'
import {
  type MetadataStore,
  type ReadTx,
  type StreamWatch,
  TransactionMisuse,
  type Tx,
} from '../../core/ports/metadata-store.ts'
import { AlreadyThere } from '../columns.ts'
import { head } from '../events.ts'
import { StreamTail } from '../stream-tail.ts'
import { SqlTx } from '../tx.ts'
import {
  databaseAway,
  isConnectionLost,
  isRetriable,
  outcomeUnknown,
  translatePostgresError,
} from './errors.ts'
import { migratePostgres } from './migrate.ts'
import { PostgresSequencer } from './sequencer.ts'
import { PostgresSession } from './session.ts'

const FIRST_BACKOFF_MILLISECONDS = 2
const INT8 = 20

/** Connects to a PostgreSQL, which any number of processes may share. */
export async function openPostgres(
  url: string,
  onTrouble: (error: unknown) => void,
): Promise<MetadataStore> {
  await migratePostgres(url)
  const config: PoolConfig = {
    connectionString: url,
    application_name: 'greenroom',
    connectionTimeoutMillis: POSTGRES_CONNECT_TIMEOUT_MILLISECONDS,
    statement_timeout: POSTGRES_STATEMENT_TIMEOUT_MILLISECONDS,
    // The same from our side, should the server be gone without a word.
    query_timeout: POSTGRES_STATEMENT_TIMEOUT_MILLISECONDS,
    lock_timeout: POSTGRES_LOCK_TIMEOUT_MILLISECONDS,
    idle_in_transaction_session_timeout: POSTGRES_IDLE_TRANSACTION_TIMEOUT_MILLISECONDS,
    keepAlive: true,
    // A statement is sent while the one before it still runs, e.g. the first one behind its BEGIN.
    pipeline: true,
    types: {
      // Our integers fit a double.
      getTypeParser: (oid, format) => (oid === INT8 ? Number : types.getTypeParser(oid, format)),
    },
  }
  const pool = new Pool({ ...config, max: POSTGRES_MAX_CONNECTIONS })
  // A connection that breaks is noticed by whoever uses it; the pool drops those that nobody uses.
  pool.on('error', () => undefined)
  pool.on('connect', (client) => client.on('error', () => undefined))
  try {
    return new PostgresStore(pool, await followStream(pool, config, onTrouble))
  } catch (error) {
    await pool.end()
    throw error
  }
}

async function followStream(
  pool: Pool,
  config: PoolConfig,
  onTrouble: (error: unknown) => void,
): Promise<PostgresSequencer> {
  const client = await pool.connect()
  try {
    const session = new PostgresSession(client, { writable: false })
    const { revision } = (await session.first(head, {})) ?? STREAM_START
    return new PostgresSequencer(config, new StreamTail(revision), onTrouble)
  } finally {
    client.release()
  }
}

class PostgresStore implements MetadataStore {
  readonly stream: StreamWatch
  readonly #pool: Pool
  readonly #sequencer: PostgresSequencer
  /** The session of the work whose code is running, to see that it begins no other one. */
  readonly #running = new AsyncLocalStorage<PostgresSession>()
  /** What `close` waits for: works that run, or wait for a connection. */
  readonly #works = new Set<Promise<unknown>>()
  #rightsVersion = 0
  #closing: Promise<void> | null = null

  constructor(pool: Pool, sequencer: PostgresSequencer) {
    this.#pool = pool
    this.#sequencer = sequencer
    this.stream = sequencer.tail
  }

  read<Result>(work: (tx: ReadTx) => Promise<Result>): Promise<Result> {
    return this.#admit(() => this.#look(work))
  }

  transaction<Result>(work: (tx: Tx) => Promise<Result>): Promise<Result> {
    return this.#admit(() => this.#change(work))
  }

  dataVersion(): null {
    return null
  }

  rightsVersion(): number {
    return this.#rightsVersion
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    await Promise.allSettled(this.#works)
    await this.#pool.end()
    await this.#sequencer.close()
  }

  async #admit<Result>(run: () => Promise<Result>): Promise<Result> {
    this.#refuseNested()
    if (this.#closing !== null) throw databaseAway(new Error('the store is closed'))
    const running = run()
    this.#works.add(running)
    try {
      return await running
    } finally {
      this.#works.delete(running)
    }
  }

  /**
   * One snapshot for all statements. BEGIN travels with the first statement, and nobody waits for
   * the end: there is nothing to commit.
   */
  async #look<Result>(work: (tx: ReadTx) => Promise<Result>): Promise<Result> {
    const client = await this.#connect()
    const session = new PostgresSession(client, { writable: false })
    const begun = say(client, 'begin isolation level repeatable read read only')
    begun.catch(() => undefined)
    try {
      const result = await this.#running.run(session, () => work(new SqlTx(session)))
      await begun
      if (session.failure !== null) throw session.failure.error
      return result
    } catch (error) {
      throw session.failure?.error ?? error
    } finally {
      session.end()
      client.query('rollback').then(
        () => client.release(),
        () => client.release(true),
      )
    }
  }

  async #change<Result>(work: (tx: Tx) => Promise<Result>): Promise<Result> {
    let looksAgain = true
    for (let attempt = 1; ; attempt++) {
      const outcome = await this.#attempt(work)
      if (outcome.kind === 'committed') return outcome.result
      if (outcome.kind === 'lost' && attempt < MAX_TRANSACTION_ATTEMPTS)
        await sleep(Math.random() * FIRST_BACKOFF_MILLISECONDS * 2 ** attempt)
      // Who put the row there may have come between the work's look and its insert.
      else if (outcome.error instanceof AlreadyThere && looksAgain) looksAgain = false
      else throw outcome.error
    }
  }

  async #attempt<Result>(work: (tx: Tx) => Promise<Result>): Promise<Outcome<Result>> {
    const client = await this.#connect()
    const session = new PostgresSession(client, { writable: true })
    let usable = true
    try {
      // Awaited: were it to fail, a statement sent behind it would commit by itself.
      await say(client, 'begin isolation level read committed')
      const result = await this.#running.run(session, async () => work(new SqlTx(session)))
      session.end()
      if (session.failure !== null) throw session.failure.error
      try {
        await commit(client)
      } finally {
        // Also where nobody knows whether it was done.
        if (session.changedRights) this.#rightsVersion += 1
        this.#sequencer.noteCommit()
      }
      return { kind: 'committed', result }
    } catch (error) {
      session.end()
      usable = await rollBack(client)
      const lost = session.failure !== null && isRetriable(session.failure.cause)
      return { kind: lost ? 'lost' : 'refused', error: session.failure?.error ?? error }
    } finally {
      client.release(!usable)
    }
  }

  async #connect(): Promise<PoolClient> {
    try {
      return await this.#pool.connect()
    } catch (error) {
      throw databaseAway(error)
    }
  }

  #refuseNested(): void {
    const running = this.#running.getStore()
    if (running !== undefined && !running.isOver)
      throw new TransactionMisuse(
        'transaction_nested',
        'A transaction began another one, or a read. Use the tx that it was given.',
      )
  }
}

/** `lost`: to another work; run again, it finds the way free. */
type Outcome<Result> =
  | { readonly kind: 'committed'; readonly result: Result }
  | { readonly kind: 'lost' | 'refused'; readonly error: unknown }

async function say(client: PoolClient, verb: string): Promise<void> {
  try {
    await client.query(verb)
  } catch (error) {
    throw translatePostgresError(error)
  }
}

/** Throws also when the server answered that it did something else: COMMIT may end as ROLLBACK. */
async function commit(client: PoolClient): Promise<void> {
  let answer: { readonly command: string }
  try {
    answer = await client.query('commit')
  } catch (error) {
    throw isConnectionLost(error) ? outcomeUnknown(error) : translatePostgresError(error)
  }
  const { command } = answer
  if (command !== 'COMMIT') throw databaseAway(new Error(`COMMIT ended as ${command}`))
}

/** False when the connection cannot be used again. */
async function rollBack(client: PoolClient): Promise<boolean> {
  try {
    await client.query('rollback')
    return true
  } catch {
    return false
  }
}
