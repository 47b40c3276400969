import { RegistryError } from '../core/errors.ts'
import type { Blob } from '../core/model/blob.ts'
import type { ContentDigest } from '../core/model/digest.ts'
import type { BlobStage, ExpectedBlob } from '../core/ports/blob-store.ts'
import { compareBlob, type Tally } from './tally.ts'

/**
 * Small chunks are gathered up to here and written in one call. A stage holds at most two such
 * batches, one being filled and one being written: 128 uploads take 64 MiB.
 */
const BATCH_BYTES = 256 * 1024

/** What a store keeps of an upload until it is published. Every failure of it is final. */
export interface StageFile {
  write(chunks: readonly Uint8Array[]): Promise<void>
  /** Makes what was written durable, and then found under `digest`. */
  publish(digest: ContentDigest): Promise<void>
  /** Lets go of it so that it can be opened again; what has no id is dropped. */
  keep(tally: Tally): Promise<void>
  drop(): Promise<void>
}

/** The life of an upload, the same in every store; what differs is its `StageFile`. */
export class OpenStage implements BlobStage {
  readonly #file: StageFile
  readonly #tally: Tally
  readonly #onOver: (stage: OpenStage) => void
  #pending: Uint8Array[] = []
  #pendingBytes = 0
  #writing: Promise<void> = Promise.resolve()
  #lastCall: Promise<unknown> = Promise.resolve()
  /** Why no further call is possible. */
  #over: Error | undefined

  constructor(file: StageFile, tally: Tally, onOver: (stage: OpenStage) => void) {
    this.#file = file
    this.#tally = tally
    this.#onOver = onOver
  }

  get offset(): number {
    return this.#tally.size
  }

  append(chunk: Uint8Array): Promise<void> {
    return this.#call(async () => {
      this.#tally.update(chunk)
      this.#pending.push(chunk)
      this.#pendingBytes += chunk.length
      if (this.#pendingBytes >= BATCH_BYTES) {
        await this.#writePending()
        await this.#tally.room()
      }
    })
  }

  commit(expected: ExpectedBlob = {}): Promise<Blob> {
    return this.#call(async () => {
      await this.#flush()
      const blob = await this.#tally.finish()
      compareBlob(blob, expected)
      await this.#file.publish(blob.digest)
      this.#end(new Error('the stage was committed'))
      return blob
    })
  }

  pause(): Promise<void> {
    return this.#call(() => this.#keep(new Error('the stage was paused')))
  }

  abort(): Promise<void> {
    return this.#inTurn(async () => {
      if (this.#over === undefined) await this.#drop(new Error('the stage was aborted'))
    })
  }

  /** Keeps what has come for another stage of the same id, once the running call has ended. */
  giveWay(): Promise<void> {
    return this.#inTurn(async () => {
      if (this.#over !== undefined) return
      await this.#keep(
        new RegistryError(
          'upload_incomplete',
          'Another request has taken over this upload; ask for its offset and go on from there.',
        ),
      ).catch((error) => this.#drop(error))
    })
  }

  /** Runs `work` on an open stage; if it fails, the stage is dropped. */
  #call<Result>(work: () => Promise<Result>): Promise<Result> {
    return this.#inTurn(async () => {
      if (this.#over !== undefined) throw this.#over
      try {
        return await work()
      } catch (error) {
        await this.#drop(error)
        throw error
      }
    })
  }

  #inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = this.#lastCall.then(work)
    this.#lastCall = result.catch(() => {})
    return result
  }

  /** Starts to write the batch once the earlier one is written, and lets the caller go on. */
  async #writePending(): Promise<void> {
    await this.#writing
    this.#writing = this.#file.write(this.#pending)
    // Whoever awaits it next learns of a failure; until then it is no unhandled rejection.
    this.#writing.catch(() => {})
    this.#pending = []
    this.#pendingBytes = 0
  }

  async #flush(): Promise<void> {
    if (this.#pendingBytes > 0) await this.#writePending()
    await this.#writing
  }

  async #keep(reason: Error): Promise<void> {
    await this.#flush()
    await this.#file.keep(this.#tally)
    this.#end(reason)
  }

  async #drop(error: unknown): Promise<void> {
    await this.#writing.catch(() => {})
    await this.#file.drop()
    this.#end(error instanceof Error ? error : new Error(String(error)))
  }

  #end(reason: Error): void {
    this.#over = reason
    this.#pending = []
    this.#onOver(this)
  }
}
