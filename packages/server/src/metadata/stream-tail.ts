import { MAX_RECENT_EVENTS } from '../core/limits.ts'
import type { StreamEvent } from '../core/model/stream-event.ts'
import type { StreamWatch } from '../core/ports/metadata-store.ts'

/** The newest events in memory, shared by all who watch: each is read once, not once a watcher. */
export class StreamTail implements StreamWatch {
  readonly #wakes = new Set<() => void>()
  /** Without gap; the last one's revision is `#last`. */
  #events: StreamEvent[] = []
  #last: number
  #waking = false

  constructor(last: number) {
    this.#last = last
  }

  get isWatched(): boolean {
    return this.#wakes.size > 0
  }

  /** The revision up to which this process has seen the stream. */
  get last(): number {
    return this.#last
  }

  subscribe(wake: () => void): () => void {
    // A function of its own for each, so that one given twice counts twice.
    const own = () => wake()
    this.#wakes.add(own)
    return () => {
      this.#wakes.delete(own)
    }
  }

  recent(after: number, limit: number): readonly StreamEvent[] | null {
    const behind = this.#last - after
    if (behind <= 0) return []
    if (behind > this.#events.length) return null
    const from = this.#events.length - behind
    return this.#events.slice(from, from + limit)
  }

  /** The events that follow `last`, in order. */
  append(events: readonly StreamEvent[]): void {
    if (events.length === 0) return
    if (events[0]?.revision !== this.#last + 1) throw new Error('the stream has a gap')
    this.#events.push(...events)
    this.#last += events.length
    // Rarely, so that an event is not moved with each one that comes.
    if (this.#events.length > 2 * MAX_RECENT_EVENTS)
      this.#events = this.#events.slice(-MAX_RECENT_EVENTS)
    this.#wakeSoon()
  }

  /** The stream has grown so far, and nothing of it is in memory. */
  skipTo(revision: number): void {
    if (revision <= this.#last) return
    this.#events = []
    this.#last = revision
    this.#wakeSoon()
  }

  /** Later, so that whoever waits for a COMMIT is answered before all who watch. */
  #wakeSoon(): void {
    if (this.#waking || !this.isWatched) return
    this.#waking = true
    setImmediate(() => {
      this.#waking = false
      for (const wake of [...this.#wakes]) wake()
    })
  }
}
