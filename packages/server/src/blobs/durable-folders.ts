import { mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import { errnoOf, syncFolder } from './files.ts'
import { Turns } from './turns.ts'

/** The folders below `root`, and the durability of the names in them. */
export class DurableFolders {
  /** That a folder exists says nothing: another upload may have made it and not yet synced it. */
  readonly #made = new Map<string, Promise<void>>()
  readonly #sync: (path: string) => Promise<void>
  readonly #turns = new Turns()
  /** By folder: the fsync that has not begun. */
  readonly #next = new Map<string, Promise<void>>()

  constructor(root: string, sync: (path: string) => Promise<void> = syncFolder) {
    this.#made.set(root, Promise.resolve())
    this.#sync = sync
  }

  /** Makes a folder and those above it, every name durable. */
  make(path: string): Promise<void> {
    const known = this.#made.get(path)
    if (known !== undefined) return known
    const made = this.#makeIn(dirname(path), path)
    this.#made.set(path, made)
    made.catch(() => this.#made.delete(path))
    return made
  }

  /**
   * Makes the names durable that are in a folder by now. One fsync runs at a time, and whoever asks
   * while it does shares the next: uploads come in order of digest, many into one folder.
   */
  sync(path: string): Promise<void> {
    const known = this.#next.get(path)
    if (known !== undefined) return known
    const next = this.#turns.run(path, () => {
      this.#next.delete(path)
      return this.#sync(path)
    })
    this.#next.set(path, next)
    return next
  }

  async #makeIn(parent: string, path: string): Promise<void> {
    await this.make(parent)
    await mkdir(path, { mode: 0o700 }).catch((error) => {
      if (errnoOf(error) !== 'EEXIST') throw error
    })
    await this.sync(parent)
  }
}
