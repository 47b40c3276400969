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
import { StreamTail } from '../stream-tail.ts'
import type { SqliteConnection } from './connection.ts'

/**
 * Places each group's facts before its COMMIT, so that what is acknowledged is in the stream. Works
 * run one after another here: the order of arrival is the order of the stream.
 */
export class SqliteSequencer {
  readonly tail: StreamTail
  readonly #connection: SqliteConnection

  constructor(connection: SqliteConnection) {
    this.#connection = connection
    this.tail = new StreamTail(this.#head().revision)
  }

  /** Inside the group's transaction. */
  placeFacts(): void {
    let waiting: readonly { readonly position: number }[]
    do {
      waiting = this.#connection.all(unplaced, { limit: MAX_FACTS_PER_PLACING })
      if (waiting.length === 0) return
      const positions = waiting.map(({ position }) => position)
      const facts = this.#connection.all(atPositions, { positions })
      this.#connection.run(place, nextRows(this.#head(), facts))
      this.#connection.run(leaveUnplaced, [{ positions }])
    } while (waiting.length === MAX_FACTS_PER_PLACING)
  }

  /** After the COMMIT. Never throws: the works have succeeded, whatever becomes of this. */
  noteCommit(): void {
    const { tail } = this
    try {
      const { revision } = this.#head()
      while (tail.isWatched && tail.last < revision) {
        const rows = this.#connection.all(page, {
          after: tail.last,
          limit: MAX_FACTS_PER_PLACING,
        })
        tail.append(rows.map(toStreamEvent))
      }
      tail.skipTo(revision)
    } catch {
      // Who watches reads from the store then, and is told what is wrong with it.
      tail.skipTo(tail.last + 1)
    }
  }

  #head() {
    return this.#connection.first(head, {}) ?? STREAM_START
  }
}
