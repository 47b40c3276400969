import { setTimeout as sleep } from 'node:timers/promises'
import { Client, type ClientConfig } from 'pg'
import { POSTGRES_STREAM_POLL_MILLISECONDS } from '../../core/limits.ts'
import { Bell } from '../../core/model/bell.ts'
import { STREAM_START } from '../../core/model/stream-event.ts'
import {
  atPositions,
  head,
  leaveUnplaced,
  page,
  place,
  toStreamEvent,
  unplaced,
} from '../events.ts'
import { MAX_FACTS_PER_PLACING, nextRows } from '../stream.ts'
import type { StreamTail } from '../stream-tail.ts'
import { PostgresSession } from './session.ts'

/** Who holds it places facts: any number that no other program in the same database takes. */
const LOCK_KEY = '7454421861870268272'
const CHANNEL = 'greenroom_stream'

/**
 * Places facts that other transactions have committed, and follows the stream, on one connection of
 * its own. Each process has one; a lock lets one of them place at a time.
 *
 * It takes every committed fact that has no place, in order of arrival, however late that came: so
 * none is skipped because a transaction with a lower position commits after one with a higher one.
 * And none comes before what it followed. Say B began, or got the lock of its collection, after A
 * had committed: then A's facts arrived first, and whoever sees B's committed sees A's. So A's have
 * an earlier place, or are in the same batch, which is in order of arrival.
 *
 * Only who places notifies. (NOTIFY makes all who use it commit one after another, in all of the
 * server's databases.)
 */
export class PostgresSequencer {
  readonly tail: StreamTail
  readonly #config: ClientConfig
  readonly #onTrouble: (error: unknown) => void
  readonly #bell = new Bell()
  readonly #ended: Promise<void>
  #closed = false
  #isTroubled = false

  /** `onTrouble` is told of the first of a row of failures. */
  constructor(config: ClientConfig, tail: StreamTail, onTrouble: (error: unknown) => void) {
    this.#config = config
    this.tail = tail
    this.#onTrouble = onTrouble
    this.#ended = this.#run()
  }

  /** To be called after each COMMIT. */
  noteCommit(): void {
    this.#bell.ring()
  }

  /** Places what has been committed by now, if the database is there. */
  async close(): Promise<void> {
    this.#closed = true
    this.#bell.ring()
    await this.#ended
  }

  async #run(): Promise<void> {
    do {
      const client = new Client(this.#config)
      client.on('error', () => this.#bell.ring())
      try {
        await client.connect()
        const own = await backendOf(client)
        client.on('notification', ({ processId }) => {
          if (processId !== own) this.#bell.ring()
        })
        await client.query(`listen ${CHANNEL}`)
        await this.#serve(client)
      } catch (error) {
        if (!this.#isTroubled && !this.#closed) this.#onTrouble(error)
        this.#isTroubled = true
        if (!this.#closed) await sleep(POSTGRES_STREAM_POLL_MILLISECONDS, undefined, { ref: false })
      } finally {
        await client.end().catch(() => undefined)
      }
    } while (!this.#closed)
  }

  async #serve(client: Client): Promise<void> {
    for (;;) {
      // Asked before looking: what is committed while this looks, and before the close, is placed.
      const isLast = this.#closed
      while (await hasUnplaced(client)) await placeSome(client)
      await this.#follow(client)
      this.#isTroubled = false
      if (isLast) return
      await this.#bell.wait(POSTGRES_STREAM_POLL_MILLISECONDS)
    }
  }

  /** Brings what is in memory up to the stream's end. */
  async #follow(client: Client): Promise<void> {
    const { tail } = this
    const session = new PostgresSession(client, { writable: false })
    while (tail.isWatched) {
      const rows = await session.all(page, { after: tail.last, limit: MAX_FACTS_PER_PLACING })
      tail.append(rows.map(toStreamEvent))
      if (rows.length < MAX_FACTS_PER_PLACING) return
    }
    const { revision } = (await session.first(head, {})) ?? STREAM_START
    tail.skipTo(revision)
  }
}

async function backendOf(client: Client): Promise<number | undefined> {
  const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid')
  return rows[0]?.pid
}

async function hasUnplaced(client: Client): Promise<boolean> {
  const session = new PostgresSession(client, { writable: false })
  return (await session.first(unplaced, { limit: 1 })) !== undefined
}

/** What does not need the answer before it travels with it. A failure costs the connection. */
async function placeSome(client: Client): Promise<void> {
  const session = new PostgresSession(client, { writable: true })
  // READ COMMITTED: what follows the lock sees all that the one who had it before has placed.
  const [, , waiting] = await Promise.all([
    client.query('begin isolation level read committed'),
    client.query('select pg_advisory_xact_lock($1)', [LOCK_KEY]),
    session.all(unplaced, { limit: MAX_FACTS_PER_PLACING }),
  ])
  const positions = waiting.map(({ position }) => position)
  const [facts, behind = STREAM_START] = await Promise.all([
    session.all(atPositions, { positions }),
    session.first(head, {}),
  ])
  await Promise.all([
    session.insertRows(place, nextRows(behind, facts)),
    session.run(leaveUnplaced, { positions }),
    client.query(`notify ${CHANNEL}`),
  ])
  const { command } = await client.query('commit')
  if (command !== 'COMMIT') throw new Error(`a placing ended as ${command}`)
}
