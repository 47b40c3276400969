import type { Micros } from './model/time.ts'
import type { BlobStore } from './ports/blob-store.ts'
import type { MetadataStore } from './ports/metadata-store.ts'
import type { Passwords } from './ports/passwords.ts'

export type { BlobStage, BlobStore, ExpectedBlob, SmallBlob } from './ports/blob-store.ts'
export { BlobCorrupt } from './ports/blob-store.ts'
export type {
  AliasBearing,
  BlobRemoval,
  MetadataStore,
  ReadTx,
  Tx,
} from './ports/metadata-store.ts'
export type { Examined } from './ports/metadata-store-search.ts'
export type {
  AliasMember,
  BlobCount,
  BlobUse,
  BlobUser,
  ExaminedBlob,
  Expired,
} from './ports/metadata-store-upkeep.ts'
export type { Passwords } from './ports/passwords.ts'

/**
 * All that an operation may touch. Clock, ids and randomness come in, so that a seed replays a run.
 */
export interface Registry {
  readonly metadata: MetadataStore
  readonly blobs: BlobStore
  readonly passwords: Passwords
  /** Integer microseconds since the epoch. */
  readonly now: () => Micros
  /** A fresh opaque id: lower-case letters and digits, ordered by time, at most 32 characters. */
  readonly newId: () => string
  /** Lower-case hex of that many random bytes. */
  readonly randomHex: (bytes: number) => string
  /** Entity names that would shadow a route, lower case; built from the route table. */
  readonly reservedNames: ReadonlySet<string>
}

/** What an operation needs that only reads. */
export interface ReadableRegistry extends Pick<Registry, 'blobs' | 'now'> {
  readonly metadata: Pick<MetadataStore, 'read'>
}
