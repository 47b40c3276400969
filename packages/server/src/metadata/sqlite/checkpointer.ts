import { extname } from 'node:path'
import { Worker } from 'node:worker_threads'
import { SQLITE_CHECKPOINT_INTERVAL_MILLISECONDS } from '../../core/limits.ts'

/**
 * Carries the write-ahead log into the database from another thread.
 *
 * SQLite itself would do it inside some COMMIT: write up to thousands of pages and fsync the whole
 * database while the event loop stands still. A passive checkpoint from a connection of its own
 * holds nobody up. Without writes nothing happens: there is no timer.
 */
export class Checkpointer {
  readonly #worker: Worker
  #lastAt = 0
  #idle = true

  /** `onFailure` is called when the worker is gone: somebody else must do it then. */
  constructor(path: string, onFailure: () => void) {
    // The worker is compiled like this file, or, like it, runs as it is.
    const url = new URL(`./checkpoint-worker${extname(import.meta.filename)}`, import.meta.url)
    this.#worker = new Worker(url, { workerData: { path } })
    this.#worker.on('message', () => {
      this.#idle = true
    })
    this.#worker.on('error', onFailure)
    // Last, since to listen for messages holds the process again.
    this.#worker.unref()
  }

  /** To be called after each COMMIT. */
  noteCommit(): void {
    const now = performance.now()
    if (!this.#idle || now - this.#lastAt < SQLITE_CHECKPOINT_INTERVAL_MILLISECONDS) return
    this.#idle = false
    this.#lastAt = now
    this.#worker.postMessage('checkpoint')
  }

  async close(): Promise<void> {
    const exited = new Promise<void>((resolve) => this.#worker.once('exit', () => resolve()))
    this.#worker.ref()
    this.#worker.postMessage('close')
    await exited
  }
}
