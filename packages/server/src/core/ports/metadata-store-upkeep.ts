import type { Slot } from '../model/alias.ts'
import type { Blob } from '../model/blob.ts'
import type { Collection, Membership } from '../model/collection.ts'
import type { ContentDigest } from '../model/digest.ts'
import type { PointerEvent } from '../model/pointer-event.ts'
import type { Micros } from '../model/time.ts'
import type { Draft, Version } from '../model/version.ts'

// What operators' verbs ask of the metadata store: garbage collection and `verify`. The rules
// behind the first are in docs/decisions/0005-garbage.md.

/** A version or draft whose time is over, and when that was. */
export interface Expired {
  readonly id: string
  readonly expiresAt: Micros
}

export interface ExpiredPage {
  readonly before: Micros
  readonly after: Expired | null
  readonly limit: number
}

// ---------- content that counts no more ----------

export interface DiscardReads {
  /** Ids whose rows are still to be removed. */
  list(limit: number): Promise<readonly string[]>
  /** Open drafts that expired at or before an instant, in that order, those behind `after`. */
  listExpiredDrafts(page: ExpiredPage): Promise<readonly Expired[]>
  /** Versions, not deleted, whose TTL ended at or before an instant, in the same way. */
  listExpiredVersions(page: ExpiredPage): Promise<readonly Expired[]>
}
export interface DiscardWrites extends DiscardReads {
  /** The entries, uploads and manifest files of these ids count no more: `remove` takes them. */
  add(ids: readonly string[]): Promise<void>
  /** Drops a draft at once and discards its content. */
  addDraft(id: string): Promise<void>
  /** Removes up to `limit` rows of each kind; true when nothing of the id is left. */
  remove(id: string, limit: number): Promise<boolean>
}

// ---------- blobs that nothing needs ----------

export interface ExaminedBlob {
  readonly digest: ContentDigest
  /** Bytes. */
  readonly size: number
  /** A manifest entry, an open draft's upload, a run file or a manifest file names it. */
  readonly needed: boolean
  readonly condemnedAt: Micros | null
}

/** What names blobs for good: manifest entries (of drafts, too), and files of runs. */
export type BlobUser = 'entries' | 'runFiles'

export interface BlobUse {
  readonly digest: ContentDigest
  /** The version, draft or run that names it. */
  readonly userId: string
  /** Null where what names it is about to be removed. */
  readonly ownerId: number | null
}

/** Blobs and their bytes, counted up to a bound. */
export interface BlobCount {
  readonly blobs: number
  readonly bytes: number
}

export interface GarbageReads {
  /** In order of digest, those above `after`; without those that are being removed. */
  examine(page: {
    readonly after: string
    readonly limit: number
  }): Promise<readonly ExaminedBlob[]>
  /** Of these digests, those of which there is no row. */
  listUnknown(digests: readonly ContentDigest[]): Promise<readonly ContentDigest[]>
  /** Uses in order of digest and user, those behind `after`: a blob has as many as it has users. */
  listUses(page: {
    readonly by: BlobUser
    readonly after: Pick<BlobUse, 'digest' | 'userId'> | null
    readonly limit: number
  }): Promise<readonly BlobUse[]>
  /** Of the blobs condemned at or before an instant, the first ones. */
  countCondemned(page: { readonly before: Micros; readonly limit: number }): Promise<BlobCount>
  /** Blobs whose removal was begun and has not ended, in order of digest. */
  listRemoving(limit: number): Promise<readonly ContentDigest[]>
}
export interface GarbageWrites extends GarbageReads {
  /** From now on the grace of those not yet condemned runs. */
  condemn(digests: readonly ContentDigest[], time: Micros): Promise<void>
  takeBack(digests: readonly ContentDigest[]): Promise<void>
  /** Gives bytes without a row one, condemned at birth and held by nobody. */
  adopt(
    orphans: readonly { readonly digest: ContentDigest; readonly size: number }[],
    time: Micros,
  ): Promise<void>
  /**
   * Locks blobs condemned at or before an instant and then, in a later statement, looks whether
   * something needs them. A blob that somebody else has locked is left for another time.
   */
  lockRipe(page: {
    readonly before: Micros
    readonly limit: number
  }): Promise<readonly ExaminedBlob[]>
  /** Of locked, unneeded blobs: nobody holds them any more, their bytes may go. */
  beginRemoval(digests: readonly ContentDigest[], time: Micros): Promise<void>
  /** The bytes are gone. The rows say so for a while: an upload may have seen them still there. */
  endRemoval(digests: readonly ContentDigest[], time: Micros): Promise<void>
  /** Drops rows of removals that ended before an instant; how many. */
  forgetRemoved(page: { readonly before: Micros; readonly limit: number }): Promise<number>
}

export interface LeaseWrites {
  /** Takes or prolongs a lease; false while another holder's runs. */
  take(lease: {
    readonly name: string
    readonly holder: string
    readonly now: Micros
    readonly until: Micros
  }): Promise<boolean>
  /** Gives it back, if it is still this holder's. */
  release(name: string, holder: string): Promise<void>
}

// ---------- what `verify` walks ----------

/** Everything there is, deleted things too, in pages: each list goes on behind the last key. */
export interface AuditReads {
  collections(page: {
    readonly after: string
    readonly limit: number
  }): Promise<readonly (Collection & { readonly endedAt: Micros | null })[]>
  /** Live memberships and tombstones, ascending. */
  memberships(page: {
    readonly collectionId: string
    readonly after: number
    readonly limit: number
  }): Promise<readonly Membership[]>
  /** Ascending: as the log was written. */
  log(page: {
    readonly collectionId: string
    readonly after: number
    readonly limit: number
  }): Promise<readonly PointerEvent[]>
  /** What was counted under a name that a collection has left; 0 for a fresh one. */
  counter(ownerId: number, name: string): Promise<number>
  /** Every stored slot of a collection's aliases, by alias and index. */
  slots(page: {
    readonly collectionId: string
    readonly after: AliasMember
    readonly limit: number
  }): Promise<readonly (Slot & AliasMember)[]>
  /** Who is recorded as ever having borne which alias, by alias and index. */
  bearers(page: {
    readonly collectionId: string
    readonly after: AliasMember
    readonly limit: number
  }): Promise<readonly AliasMember[]>
  /** With the entity that must hold its blobs. */
  versions(page: {
    readonly after: string
    readonly limit: number
  }): Promise<readonly (Version & { readonly entityId: number })[]>
  drafts(page: { readonly after: string; readonly limit: number }): Promise<readonly Draft[]>
  /** Entries, of these versions, that name a blob which is not here with their size. */
  unbacked(
    versionIds: readonly string[],
    limit: number,
  ): Promise<readonly { readonly versionId: string; readonly path: string }[]>
  blobs(page: { readonly after: string; readonly limit: number }): Promise<
    readonly (Blob & {
      readonly condemnedAt: Micros | null
      readonly removingAt: Micros | null
      readonly removedAt: Micros | null
      readonly corruptAt: Micros | null
    })[]
  >
}

export interface AliasMember {
  readonly alias: string
  readonly index: number
}
