import type { Blob, ByteRange } from '../model/blob.ts'
import type { ContentDigest } from '../model/digest.ts'
import type { Micros } from '../model/time.ts'

/**
 * Where bytes live, under the SHA-256 that the store itself computed while they came in.
 *
 * Promises, each tested by `blob-store.conformance.ts` over memory and disk (and S3 when it comes):
 *
 * - When `commit` resolves, the bytes are durable and `stat` finds them; before that, nobody does.
 * - Two commits of the same bytes, at once or one after another, both succeed; one copy stays.
 * - `send` gives exactly the bytes that were committed or throws: each 4 MiB chunk is compared with
 *   its check value before any of it leaves.
 * - No text of a user's becomes a path: keys are digests, and a stage's id is hashed.
 * - A failed write or fsync is final for that stage: `registry_unavailable`, `storage_full` for a
 *   full disk; nothing of it is ever found under a digest.
 */
export interface BlobStore {
  /**
   * Begins (or, with an id that was paused, goes on with) an upload. A later stage of the same id
   * takes over from one that is still open: the earlier one's next call throws
   * `upload_incomplete`.
   */
  stage(id?: string): Promise<BlobStage>
  /**
   * Stores blobs that lie in memory, each of another digest, as a `commit` of each would, but with
   * one wait for all. All are durable and found when it resolves; when it throws, none is promised.
   * Throws `digest_mismatch` before any is published.
   */
  storeAll(blobs: readonly SmallBlob[]): Promise<readonly Blob[]>
  /** Bytes of a blob, or undefined when it is not here. */
  stat(digest: ContentDigest): Promise<{ readonly size: number } | undefined>
  /**
   * Lends chunks to `sink` one after another; a chunk is the store's again once the sink's promise
   * has settled. Throws `blob_missing` when it is gone, `BlobCorrupt` when a check value differs.
   */
  send(
    blob: Pick<Blob, 'digest' | 'size' | 'checks'>,
    range: ByteRange | null,
    sink: (chunk: Uint8Array) => Promise<void>,
  ): Promise<void>
  /** True when it was here. */
  delete(digest: ContentDigest): Promise<boolean>
  list(): AsyncIterable<{ readonly digest: ContentDigest; readonly size: number }>
  /** Drops paused and forgotten stages not touched since `before`; how many. */
  dropStages(before: Micros): Promise<number>
  /** Uploads under way, paused or forgotten: bytes that are here, and when they last grew. */
  listStages(): AsyncIterable<{ readonly size: number; readonly touchedAt: Micros }>
  /** A link that serves the bytes without us, or null: this store has none. */
  readUrl(digest: ContentDigest, lifetimeSeconds: number): Promise<string | null>
  /** Throws `storage_full` where its disk has no room for so many bytes more. */
  checkRoom(bytes: number): Promise<void>
  /** When bytes last found no room here, since it was opened; null: never. */
  exhaustedAt(): Micros | null
  /** Proves that a write, an fsync and a rename work; throws `registry_unavailable`. */
  probe(): Promise<void>
  close(): Promise<void>
}

/** A whole blob of at most MAX_BATCHED_BLOB_BYTES, and what it must be. */
export interface SmallBlob {
  readonly digest: ContentDigest
  readonly bytes: Uint8Array
}

export interface BlobStage {
  /** Bytes that are here by now: where a resumed upload goes on. */
  readonly offset: number
  /** Takes the chunk over: whoever gave it does not change its bytes any more. */
  append(chunk: Uint8Array): Promise<void>
  /**
   * Compares with what is expected, makes the bytes durable and publishes them under their digest.
   * Throws `digest_mismatch` with `expected` and `actual`, and drops the stage.
   */
  commit(expected?: ExpectedBlob): Promise<Blob>
  /** Keeps what has come, for a later `stage` of the same id; a stage without id is dropped. */
  pause(): Promise<void>
  /** Drops what has come. Harmless after commit, pause or abort. */
  abort(): Promise<void>
}

export interface ExpectedBlob {
  readonly digest?: ContentDigest
  /** base64 MD5. */
  readonly md5?: string
  /** Bytes. */
  readonly size?: number
}

/** Stored bytes no longer give their recorded check value. */
export class BlobCorrupt extends Error {
  override readonly name = 'BlobCorrupt'
  readonly digest: ContentDigest

  constructor(digest: ContentDigest, chunk: number) {
    super(`blob ${digest}: chunk ${chunk} differs from the check value recorded at ingest`)
    this.digest = digest
  }
}
