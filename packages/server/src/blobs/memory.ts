import { randomBytes } from 'node:crypto'
import type { Blob, ByteRange } from '../core/model/blob.ts'
import type { ContentDigest } from '../core/model/digest.ts'
import type { Micros } from '../core/model/time.ts'
import type { BlobStage, BlobStore, SmallBlob } from '../core/ports/blob-store.ts'
import { stageName } from './layout.ts'
import { OpenStages } from './open-stages.ts'
import { blobMissing, SpareBuffers, sendChecked } from './send-checked.ts'
import type { StageFile } from './stage.ts'
import { compareBlob, Tally } from './tally.ts'

interface PausedUpload {
  readonly chunks: Uint8Array[]
  readonly tally: Tally
  readonly touchedAt: Micros
}

/** Blobs in memory, for tests: what the disk store promises, but for outliving the process. */
export class MemoryBlobStore implements BlobStore {
  readonly #now: () => Micros
  readonly #blobs = new Map<ContentDigest, Buffer>()
  readonly #paused = new Map<string, PausedUpload>()
  readonly #stages = new OpenStages()
  readonly #spares = new SpareBuffers()

  constructor(now: () => Micros) {
    this.#now = now
  }

  stage(id?: string): Promise<BlobStage> {
    const name = stageName(id, () => randomBytes(16).toString('hex'))
    return this.#stages.begin(name, async () => {
      const earlier = this.#paused.get(name)
      this.#paused.delete(name)
      const chunks = earlier?.chunks ?? []
      return {
        file: this.#stageFile(name, chunks, id !== undefined),
        tally: earlier?.tally ?? new Tally(),
      }
    })
  }

  async storeAll(blobs: readonly SmallBlob[]): Promise<readonly Blob[]> {
    const facts: Blob[] = []
    for (const { digest, bytes } of blobs) {
      const tally = new Tally()
      tally.update(bytes)
      const blob = await tally.finish()
      compareBlob(blob, { digest })
      facts.push(blob)
    }
    for (const { digest, bytes } of blobs) this.#blobs.set(digest, Buffer.from(bytes))
    return facts
  }

  async stat(digest: ContentDigest): Promise<{ readonly size: number } | undefined> {
    const bytes = this.#blobs.get(digest)
    return bytes && { size: bytes.length }
  }

  async send(
    blob: Pick<Blob, 'digest' | 'size' | 'checks'>,
    range: ByteRange | null,
    sink: (chunk: Uint8Array) => Promise<void>,
  ): Promise<void> {
    const bytes = this.#blobs.get(blob.digest)
    if (bytes === undefined) throw blobMissing(blob.digest)
    const read = async (into: Uint8Array, at: number) => bytes.copy(into, 0, at)
    await sendChecked(blob, range, { read, spares: this.#spares }, sink)
  }

  async delete(digest: ContentDigest): Promise<boolean> {
    return this.#blobs.delete(digest)
  }

  async *list(): AsyncGenerator<{ readonly digest: ContentDigest; readonly size: number }> {
    for (const digest of [...this.#blobs.keys()].sort()) {
      const found = await this.stat(digest)
      if (found !== undefined) yield { digest, size: found.size }
    }
  }

  async dropStages(before: Micros): Promise<number> {
    const old = [...this.#paused].filter(([, upload]) => upload.touchedAt < before)
    for (const [name] of old) this.#paused.delete(name)
    return old.length
  }

  async *listStages(): AsyncGenerator<{ readonly size: number; readonly touchedAt: Micros }> {
    for (const { tally, touchedAt } of this.#paused.values()) yield { size: tally.size, touchedAt }
  }

  async readUrl(): Promise<null> {
    return null
  }

  async checkRoom(_bytes: number): Promise<void> {}

  exhaustedAt(): Micros | null {
    return null
  }

  async probe(): Promise<void> {}

  close(): Promise<void> {
    return this.#stages.giveWay()
  }

  /** For tests: turns one bit over, as a rotting disk would. */
  corrupt(digest: ContentDigest, at: number): void {
    const bytes = this.#blobs.get(digest)
    if (bytes === undefined) throw blobMissing(digest)
    bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at)
  }

  #stageFile(name: string, chunks: Uint8Array[], resumable: boolean): StageFile {
    return {
      write: async (more) => {
        chunks.push(...more)
      },
      publish: async (digest) => {
        this.#blobs.set(digest, Buffer.concat(chunks))
      },
      keep: async (tally) => {
        if (resumable) this.#paused.set(name, { chunks, tally, touchedAt: this.#now() })
      },
      drop: async () => {},
    }
  }
}
