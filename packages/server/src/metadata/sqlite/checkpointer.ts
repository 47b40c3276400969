import { extname } from 'node:path'
import { Worker } from 'node:worker_threads'
import { SQLITE_CHECKPOINT_INTERVAL_MILLISECONDS, SQLITE_MAX_LOG_BYTES } from '../../core/limits.ts'

/** A worker's thread id once it has ended. */
const EXITED = -1

/** What the checkpointer asks of who writes. */
export interface Checkpointed {
  readonly hold: () => void
  readonly resume: () => void
  /** The worker is gone: somebody else must do it from here on. */
  readonly failed: () => void
}

/**
 * Carries the write-ahead log into the database from another thread.
 *
 * SQLite itself would do it inside some COMMIT: write up to thousands of pages and fsync the whole
 * database while the event loop stands still. A passive checkpoint from a connection of its own
 * holds nobody up. Without writes nothing happens: there is no timer.
 *
 * The log begins anew only after a checkpoint that left no frame of it, which under steady writes
 * never comes. So when it has become large, new groups are held back for one more checkpoint, as
 * long as it takes for what came since the last. (Not the checkpoint modes that lock writers out:
 * they wait for the lock in competition with the writer, and the writer on its event loop.)
 */
export class Checkpointer {
  readonly #worker: Worker
  readonly #checkpointed: Checkpointed
  #state: 'idle' | 'running' | 'holding' = 'idle'
  #lastAt = 0

  constructor(path: string, checkpointed: Checkpointed) {
    this.#checkpointed = checkpointed
    // The worker is compiled like this file, or, like it, runs as it is.
    const url = new URL(`./checkpoint-worker${extname(import.meta.filename)}`, import.meta.url)
    this.#worker = new Worker(url, { workerData: { path } })
    this.#worker.on('message', (logBytes: number) => this.#done(logBytes))
    this.#worker.on('error', () => {
      checkpointed.failed()
      checkpointed.resume()
    })
    // Last, since to listen for messages holds the process again.
    this.#worker.unref()
  }

  /** To be called after each COMMIT. */
  noteCommit(): void {
    const now = performance.now()
    const early = now - this.#lastAt < SQLITE_CHECKPOINT_INTERVAL_MILLISECONDS
    if (early || this.#state !== 'idle') return
    this.#lastAt = now
    this.#begin('running')
  }

  async close(): Promise<void> {
    if (this.#worker.threadId === EXITED) return
    const exited = new Promise<void>((resolve) => this.#worker.once('exit', () => resolve()))
    this.#worker.ref()
    this.#worker.postMessage('close')
    await exited
  }

  #begin(state: 'running' | 'holding'): void {
    this.#state = state
    this.#worker.postMessage('checkpoint')
  }

  #done(logBytes: number): void {
    if (this.#state === 'running' && logBytes > SQLITE_MAX_LOG_BYTES) {
      this.#checkpointed.hold()
      // Works wait for its answer: the process must not end before it.
      this.#worker.ref()
      this.#begin('holding')
      return
    }
    if (this.#state === 'holding') {
      this.#worker.unref()
      this.#checkpointed.resume()
    }
    this.#state = 'idle'
  }
}
