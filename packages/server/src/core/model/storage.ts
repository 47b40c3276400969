import type { Micros } from './time.ts'

/** How much the content of a project or registry takes in the store, each blob counted once. */
export interface OwnerStorage {
  readonly ownerId: number
  readonly blobs: number
  readonly bytes: number
  /** Of these, what no other owner needs: what goes when this owner goes. */
  readonly uniqueBlobs: number
  readonly uniqueBytes: number
}

/** The store as a walk over all blobs found it. */
export interface StorageCount {
  /** When the walk ended. */
  readonly countedAt: Micros
  readonly blobs: number
  readonly bytes: number
  /** Those with the most bytes, most first. */
  readonly owners: readonly OwnerStorage[]
  /** How many more there are. */
  readonly otherOwners: number
}

/** What the last collection of garbage did, whichever process ran it. */
export interface CollectionOutcome {
  readonly startedAt: Micros
  readonly endedAt: Micros
  readonly graceSeconds: number
  readonly condemned: number
  readonly takenBack: number
  readonly removedBlobs: number
  readonly removedBytes: number
  readonly expiredVersions: number
}
