import { constants } from 'node:fs'
import { type FileHandle, open, unlink } from 'node:fs/promises'
import type { RegistryError } from '../core/errors.ts'
import type { ContentDigest } from '../core/model/digest.ts'
import type { Micros } from '../core/model/time.ts'
import { appendWhole, orAbsent, readWhole } from './files.ts'
import type { StageFile } from './stage.ts'
import { Tally } from './tally.ts'

const { O_APPEND, O_CREAT, O_EXCL, O_NOFOLLOW, O_RDWR } = constants
const EXISTING = O_RDWR | O_APPEND | O_NOFOLLOW
const NEW = EXISTING | O_CREAT | O_EXCL
const READ_BYTES = 1024 * 1024
/**
 * So much is written until the disk is told to begin with it, while more comes: at the end of a
 * large upload its sender would wait for all of it.
 */
const SYNC_BYTES = 64 * 1024 * 1024
/** One at a time: it holds one of the four threads on which all work of the file system is done. */
let isSyncingEarly = false

/** What a stage's file asks of its store. */
export interface Landing {
  now(): Micros
  /** What a failed call means to a caller; the store remembers that its disk was full. */
  refusal(error: unknown): RegistryError
  /** Makes the folder in which a blob will lie. */
  prepare(digest: ContentDigest): Promise<void>
  /** Moves a file, already durable, to where its digest is found; durable when it resolves. */
  publish(path: string, digest: ContentDigest): Promise<void>
  /** Keeps the tally of a paused file, so that the next stage need not read it. */
  remember(path: string, tally: Tally): void
  /** Gives back a tally that was remembered, once. */
  recall(path: string): Tally | undefined
}

/** Opens the file of an upload, and goes on with one that is `resumable` and already there. */
export async function openStageFile(
  path: string,
  resumable: boolean,
  landing: Landing,
): Promise<{ readonly file: StageFile; readonly tally: Tally }> {
  try {
    const resumed = resumable ? await resume(path, landing) : undefined
    if (resumed !== undefined) return resumed
    const handle = await open(path, NEW, 0o600)
    return { file: new DiskStageFile(path, handle, resumable, landing), tally: new Tally() }
  } catch (error) {
    throw landing.refusal(error)
  }
}

async function resume(path: string, landing: Landing) {
  const handle = await orAbsent(open(path, EXISTING))
  if (handle === undefined) return undefined
  try {
    const { nlink, size } = await handle.stat()
    if (nlink === 1) {
      await touch(handle, landing.now())
      const known = landing.recall(path)
      const tally = known?.size === size ? known : await readTally(handle)
      return { file: new DiskStageFile(path, handle, true, landing), tally }
    }
    // It has a second name, perhaps that of a blob, whose bytes must never change: begin anew.
    await unlink(path)
  } catch (error) {
    await handle.close()
    throw error
  }
  await handle.close()
  return undefined
}

async function readTally(handle: FileHandle): Promise<Tally> {
  const tally = new Tally()
  const buffer = Buffer.allocUnsafe(READ_BYTES)
  for (;;) {
    const length = await readWhole(handle, buffer, tally.size)
    tally.update(buffer.subarray(0, length))
    await tally.room()
    if (length < buffer.length) return tally
  }
}

async function touch(handle: FileHandle, now: Micros): Promise<void> {
  await handle.utimes(now / 1e6, now / 1e6)
}

/** The file of an upload under way. Its failures are `RegistryError`s. */
class DiskStageFile implements StageFile {
  readonly #path: string
  readonly #handle: FileHandle
  readonly #resumable: boolean
  readonly #landing: Landing
  #unsyncedBytes = 0
  /** Of the earlier parts. The system tells of a failed write-back once: here it is kept. */
  #syncing: Promise<unknown> = Promise.resolve()

  constructor(path: string, handle: FileHandle, resumable: boolean, landing: Landing) {
    this.#path = path
    this.#handle = handle
    this.#resumable = resumable
    this.#landing = landing
  }

  async write(chunks: readonly Uint8Array[]): Promise<void> {
    try {
      await appendWhole(this.#handle, chunks)
    } catch (error) {
      throw this.#landing.refusal(error)
    }
    for (const { length } of chunks) this.#unsyncedBytes += length
    if (this.#unsyncedBytes >= SYNC_BYTES && !isSyncingEarly) this.#syncEarly()
  }

  #syncEarly(): void {
    this.#unsyncedBytes = 0
    isSyncingEarly = true
    const ended = this.#handle.datasync().finally(() => {
      isSyncingEarly = false
    })
    this.#syncing = Promise.all([this.#syncing, ended])
    // Whoever publishes the file learns of a failure; until then it is no unhandled rejection.
    this.#syncing.catch(() => {})
  }

  async publish(digest: ContentDigest): Promise<void> {
    try {
      await Promise.all([this.#sync(), this.#landing.prepare(digest)])
      await this.#handle.close()
      await this.#landing.publish(this.#path, digest)
    } catch (error) {
      throw this.#landing.refusal(error)
    }
  }

  async #sync(): Promise<void> {
    await this.#syncing
    await this.#handle.sync()
  }

  async keep(tally: Tally): Promise<void> {
    if (!this.#resumable) return await this.drop()
    try {
      await this.#syncing
      await touch(this.#handle, this.#landing.now())
      await this.#handle.close()
      this.#landing.remember(this.#path, tally)
    } catch (error) {
      throw this.#landing.refusal(error)
    }
  }

  /** Never fails: what cannot be removed now is found by `dropStages`. */
  async drop(): Promise<void> {
    await this.#syncing.catch(() => {})
    await this.#handle.close().catch(() => {})
    await unlink(this.#path).catch(() => {})
  }
}
