import type { Alias, Slot, Standing } from '../model/alias.ts'
import type { Blob } from '../model/blob.ts'
import type { Collection, Membership } from '../model/collection.ts'
import type { ClientDigest, ContentDigest } from '../model/digest.ts'
import type { Fact } from '../model/event.ts'
import type { ManifestEntry } from '../model/manifest.ts'
import type { Owner, OwnerKind } from '../model/owner.ts'
import type { PointerEvent } from '../model/pointer-event.ts'
import type { Stage } from '../model/stage.ts'
import type { StreamEvent, StreamHead } from '../model/stream-event.ts'
import type { Micros } from '../model/time.ts'
import type { Draft, DraftManifest, Version } from '../model/version.ts'
import type {
  EntityReads,
  EntityWrites,
  GrantReads,
  GrantWrites,
  MemberReads,
  MemberWrites,
  UserReads,
  UserWrites,
} from './metadata-store-access.ts'
import type { RequestReads, RequestWrites } from './metadata-store-requests.ts'
import type {
  LineageReads,
  LineageWrites,
  RunFileReads,
  RunFileWrites,
  RunLineReads,
  RunLineWrites,
  RunMetricReads,
  RunMetricWrites,
  RunReads,
  RunWrites,
} from './metadata-store-runs.ts'
import type {
  CollectionSearch,
  FieldReads,
  FieldWrites,
  NewestMember,
} from './metadata-store-search.ts'
import type { SignInReads, SignInWrites } from './metadata-store-sign-in.ts'
import type {
  AuditReads,
  DiscardReads,
  DiscardWrites,
  GarbageReads,
  GarbageWrites,
  LeaseWrites,
} from './metadata-store-upkeep.ts'

/**
 * Where facts live. One transaction is one change; what it wrote is durable before it answers.
 *
 * Promises, each tested by `metadata-store.conformance.ts` over SQLite in memory, SQLite on disk
 * and a real PostgreSQL:
 *
 * - `transaction(work)` resolves only after COMMIT. A `work` that throws leaves nothing behind, and
 *   its refusal, too, is answered only after the COMMIT of whatever it may have seen.
 * - `work` awaits nothing but `tx.*` and changes no variable outside: PostgreSQL runs it again
 *   after a deadlock, and once after an insert's `already_exists`. On SQLite a work (of `read` too)
 *   that awaited something else is refused with `transaction_yielded`; nothing of it stays.
 * - `transaction()` or `read()` inside a transaction's work throws `transaction_nested`.
 * - An insert's `already_exists` may be caught: the work goes on and sees the row. Any other error
 *   of a statement ends the work, even when it is caught.
 * - A `read` sees one state. Texts are ordered by their UTF-8; one with U+0000 or half a surrogate
 *   pair is refused with `request_invalid`, except in a run's lines.
 * - Works on SQLite run strictly one after another. On PostgreSQL a change of a collection begins
 *   with `tx.collections.lock`, alone; several collections are locked in ascending id.
 * - A lost database, a full disk or a failed COMMIT is `registry_unavailable` (`storage_full` where
 *   that is the cause) for every work concerned.
 * - `find*` answers undefined when there is nothing; lists are bounded by their `limit`.
 */
export interface MetadataStore {
  read<Result>(work: (tx: ReadTx) => Promise<Result>): Promise<Result>
  transaction<Result>(work: (tx: Tx) => Promise<Result>): Promise<Result>
  /** A number that moves when anything was committed, or null where the database has none. */
  dataVersion(): number | null
  /**
   * A number that moves, before the change is answered, when this process has committed a change of
   * somebody's rights.
   */
  rightsVersion(): number
  readonly stream: StreamWatch
  close(): Promise<void>
}

/**
 * The live end of the stream. Every committed fact comes to have its place there: on SQLite in the
 * same COMMIT, on PostgreSQL milliseconds later, whichever process wrote it. Within a collection
 * the order is that of its pointer log, and what was begun after a commit never comes before it.
 */
export interface StreamWatch {
  /**
   * Has `wake` called soon after the stream has grown; may call it for nothing. Gives the way to
   * stop.
   */
  subscribe(wake: () => void): () => void
  /**
   * Events after a revision, oldest first, out of memory; null when memory does not reach back that
   * far: then `events.page` has them. Only what came while somebody was subscribed is in memory.
   */
  recent(after: number, limit: number): readonly StreamEvent[] | null
}

/** A programmer's error in the use of a store: never an `ErrorCode`, never shown to a caller. */
export class TransactionMisuse extends Error {
  override readonly name = 'TransactionMisuse'
  readonly code: 'transaction_yielded' | 'transaction_nested' | 'transaction_over'

  constructor(code: TransactionMisuse['code'], message: string) {
    super(message)
    this.code = code
  }
}

export interface ReadTx {
  readonly settings: SettingReads
  readonly entities: EntityReads
  readonly users: UserReads
  readonly members: MemberReads
  readonly grants: GrantReads
  readonly signIns: SignInReads
  readonly owners: OwnerReads
  readonly collections: CollectionReads
  readonly memberships: MembershipReads
  readonly versions: VersionReads
  readonly fields: FieldReads
  readonly manifests: ManifestReads
  readonly blobs: BlobReads
  readonly drafts: DraftReads
  readonly aliases: AliasReads
  readonly pointerLog: PointerLogReads
  readonly events: EventReads
  readonly requests: RequestReads
  readonly runs: RunReads
  readonly runLines: RunLineReads
  readonly runMetrics: RunMetricReads
  readonly runFiles: RunFileReads
  readonly lineage: LineageReads
  readonly discards: DiscardReads
  readonly garbage: GarbageReads
  readonly audit: AuditReads
}

export interface Tx extends ReadTx {
  readonly settings: SettingWrites
  readonly entities: EntityWrites
  readonly users: UserWrites
  readonly members: MemberWrites
  readonly grants: GrantWrites
  readonly signIns: SignInWrites
  readonly owners: OwnerWrites
  readonly collections: CollectionWrites
  readonly memberships: MembershipWrites
  readonly versions: VersionWrites
  readonly fields: FieldWrites
  readonly manifests: ManifestWrites
  readonly blobs: BlobWrites
  readonly drafts: DraftWrites
  readonly aliases: AliasWrites
  readonly pointerLog: PointerLogWrites
  readonly events: EventWrites
  readonly requests: RequestWrites
  readonly runs: RunWrites
  readonly runLines: RunLineWrites
  readonly runMetrics: RunMetricWrites
  readonly runFiles: RunFileWrites
  readonly lineage: LineageWrites
  readonly discards: DiscardWrites
  readonly garbage: GarbageWrites
  readonly leases: LeaseWrites
}

/** Which holders' blobs count as present: those of these entities, or everybody's. */
export type BlobScope = readonly number[] | 'all'

// ---------- the instance ----------

export interface SettingReads {
  find(key: string): Promise<string | undefined>
}
export interface SettingWrites extends SettingReads {
  put(key: string, value: string): Promise<void>
  /** The next integer of a named counter: 1, 2, … without a twin. */
  nextInteger(counter: 'organization' | 'entity' | 'user' | 'owner' | 'run'): Promise<number>
}

// ---------- what owns ----------

export interface OwnerReads {
  find(kind: OwnerKind, entityName: string, name: string): Promise<Owner | undefined>
  findById(id: number): Promise<Owner | undefined>
  findMany(ids: readonly number[]): Promise<readonly Owner[]>
  /** Ascending id, those above `after`; of one entity, or of all. */
  list(page: {
    readonly kind: OwnerKind
    readonly entityId: number | null
    readonly after: number
    readonly limit: number
  }): Promise<readonly Owner[]>
  /** In order of position. In a transaction the rows are locked for share. */
  stages(ownerId: number): Promise<readonly Stage[]>
}
export interface OwnerWrites extends OwnerReads {
  /** Throws `already_exists` when the entity has one of this kind and name. */
  insert(owner: Owner): Promise<void>
  /** Writes back what can change: name, description, artifact types, updatedAt. */
  update(owner: Owner): Promise<void>
  /** Its row stays for history; its name is free again. */
  end(owner: Owner, time: Micros): Promise<void>
  /** Locks its row until the end of the transaction and reads it; undefined once it has ended. */
  lock(id: number): Promise<Owner | undefined>
  /** Keeps it from ending before the transaction does; false for one that has ended. */
  keep(id: number): Promise<boolean>
  /** Stages, locked against everybody who would look at them. */
  lockStages(ownerId: number): Promise<readonly Stage[]>
  replaceStages(ownerId: number, stages: readonly Stage[]): Promise<void>
  insertStages(ownerId: number, stages: readonly Stage[]): Promise<void>
}

// ---------- collections and their members ----------

export interface CollectionReads extends CollectionSearch {
  find(ownerId: number, name: string): Promise<Collection | undefined>
  findById(id: string): Promise<Collection | undefined>
  findMany(ids: readonly string[]): Promise<readonly Collection[]>
  /** In order of name, those above `after`; of one artifact type, or of all. */
  list(page: {
    readonly ownerId: number
    readonly artifactType: string | null
    readonly after: string
    readonly limit: number
  }): Promise<readonly Collection[]>
  /** Artifact types in use in an owner, in order of name. */
  artifactTypes(ownerId: number): Promise<readonly string[]>
}
export interface CollectionWrites extends CollectionReads {
  /** Locks the collection's row until the end of the transaction and reads it. */
  lock(id: string): Promise<Collection | undefined>
  lockByName(ownerId: number, name: string): Promise<Collection | undefined>
  /** Its row stays for history and `findById`; its name is free again. */
  end(collection: Collection, time: Micros): Promise<void>
  /** The first index that no collection of this owner and name has given; 0 for a fresh name. */
  firstFreeIndex(ownerId: number, name: string): Promise<number>
  /** Keeps a collection's counter under its name, before it leaves the name. */
  keepCounter(collection: Collection): Promise<void>
  /** Throws `already_exists` when the owner has the name. */
  insert(collection: Collection): Promise<void>
  /** Writes back what can change: name, type, description, tags, nextIndex, log head, updatedAt. */
  update(collection: Collection): Promise<void>
}

export interface MembershipReads {
  /** Live or tombstone. */
  find(collectionId: string, index: number): Promise<Membership | undefined>
  findMany(collectionId: string, indices: readonly number[]): Promise<readonly Membership[]>
  /** The live membership of a version in a collection. */
  findByVersion(collectionId: string, versionId: string): Promise<Membership | undefined>
  /** The newest live membership whose version has this content digest. */
  findByDigest(collectionId: string, digest: ContentDigest): Promise<Membership | undefined>
  /** The newest live membership whose version has this client digest, of the same kind. */
  findByClientDigest(collectionId: string, digest: ClientDigest): Promise<Membership | undefined>
  findNewest(collectionId: string): Promise<Membership | undefined>
  /** The newest live membership of each that has one, with its version's size; without order. */
  listNewest(collectionIds: readonly string[]): Promise<readonly NewestMember[]>
  /** Live ones, newest first, those below `before` (null: from the newest). */
  list(page: {
    readonly collectionId: string
    readonly before: number | null
    readonly limit: number
  }): Promise<readonly Membership[]>
  /** Live memberships of versions in all collections, by collection and index. */
  listByVersions(versionIds: readonly string[]): Promise<readonly Membership[]>
  count(collectionId: string): Promise<number>
}
export interface MembershipWrites extends MembershipReads {
  insert(membership: Membership): Promise<void>
  /** Makes a live membership a tombstone. */
  end(membership: Membership, deletedBy: number, time: Micros): Promise<void>
}

export interface VersionReads {
  findById(id: string): Promise<Version | undefined>
  findMany(ids: readonly string[]): Promise<readonly Version[]>
}
export interface VersionWrites extends VersionReads {
  insert(version: Version): Promise<void>
  /** Writes back what can change: metadata, description, tags, TTL, state, revision, updatedAt. */
  update(version: Version): Promise<void>
}

// ---------- content ----------

/** Entries are kept under the draft's id, which becomes the version's id. */
export interface ManifestReads {
  find(versionId: string, path: string): Promise<ManifestEntry | undefined>
  /** The first entry in path order with this client digest. */
  findByClientDigest(versionId: string, clientDigest: string): Promise<ManifestEntry | undefined>
  /** An entry with these bytes. */
  findByDigest(versionId: string, digest: ContentDigest): Promise<ManifestEntry | undefined>
  findMany(versionId: string, paths: readonly string[]): Promise<readonly ManifestEntry[]>
  /** In path order, those above `after`. */
  list(page: {
    readonly versionId: string
    readonly after: string
    readonly limit: number
  }): Promise<readonly ManifestEntry[]>
  count(versionId: string): Promise<number>
  /**
   * Distinct digests of entries, in order, those above `after`; of each, whether its blob is
   * missing for the entity: no row, changed bytes, or no holder. `isProven`: one counts as there
   * only when it is among the uploads of this very draft, too.
   */
  examineBlobs(query: {
    readonly versionId: string
    readonly entityId: number
    readonly isProven?: boolean
    readonly after: string
    readonly limit: number
  }): Promise<
    readonly {
      readonly digest: ContentDigest
      readonly size: number
      readonly isMissing: boolean
    }[]
  >
}
export interface ManifestWrites extends ManifestReads {
  /** Inserts entries; an entry of the same path is replaced. At most MAX_ENTRIES_PER_STAGE. */
  put(versionId: string, entries: readonly ManifestEntry[]): Promise<void>
  remove(versionId: string): Promise<void>
}

/** A removal of a blob's bytes that has ended. */
export interface BlobRemoval {
  readonly removedAt: Micros
}

/** A blob and the version or draft through which the given scope holds it. */
export interface HeldBlob {
  readonly digest: ContentDigest
  readonly size: number
  readonly md5: string
  /** The draft (future version) whose upload or manifest made the entity a holder. */
  readonly versionId: string
}

export interface BlobReads {
  /** A blob whose bytes are to be trusted. */
  find(digest: ContentDigest): Promise<Blob | undefined>
  /** When stored bytes were seen to have changed; undefined for a blob that is well. */
  findCorrupt(digest: ContentDigest): Promise<Micros | undefined>
  /**
   * Of these digests, those that the scope holds; without order. In a transaction garbage
   * collection takes none of them before its end.
   */
  findHeld(scope: BlobScope, digests: readonly ContentDigest[]): Promise<readonly HeldBlob[]>
  /** The same, asked by base64 MD5. */
  findHeldByMd5(scope: BlobScope, md5s: readonly string[]): Promise<readonly HeldBlob[]>
  /** What was uploaded for one draft, by base64 MD5. */
  findUploaded(draftId: string, md5s: readonly string[]): Promise<readonly HeldBlob[]>
}
export interface BlobWrites extends BlobReads {
  /**
   * Inserts the row unless the digest is there; a condemned one is taken back. Where garbage
   * collection is removing these very bytes, or has done so lately, nothing is kept. Who then sees
   * that the bytes are here names the removal that `seen` them go, and the row comes back.
   */
  insert(blob: Blob, time: Micros, seen?: BlobRemoval): Promise<'kept' | 'removing' | BlobRemoval>
  /**
   * Inserts the rows of many blobs, each of another digest, as `insert` does one. False when a
   * removal kept one of them out: those are then to be inserted one by one.
   */
  insertAll(blobs: readonly Blob[], time: Micros): Promise<boolean>
  /**
   * Puts a blob in quarantine: for its holders it is missing until the same bytes come in again.
   * False when it was there already.
   */
  markCorrupt(digest: ContentDigest, time: Micros): Promise<boolean>
  /** Makes an entity a holder of blobs, through a draft; the first one stays. */
  hold(entityId: number, draftId: string, digests: readonly ContentDigest[]): Promise<void>
  /** Records that a draft's maker sent these bytes, or was told that they are here. */
  recordUploads(draftId: string, digests: readonly ContentDigest[]): Promise<void>
}

export interface DraftReads {
  findById(id: string): Promise<Draft | undefined>
  findByClientKey(createdBy: number, clientKey: string): Promise<Draft | undefined>
  /** The open draft of this collection that workers share. */
  findDistributed(
    ownerId: number,
    collectionName: string,
    distributedKey: string,
  ): Promise<Draft | undefined>
  findManifest(id: string): Promise<DraftManifest | undefined>
  /** Oldest first. */
  listManifests(draftId: string): Promise<readonly DraftManifest[]>
}
export interface DraftWrites extends DraftReads {
  /** Locks the draft's row until the end of the transaction and reads it. */
  lock(id: string): Promise<Draft | undefined>
  insert(draft: Draft): Promise<void>
  /** Writes back what can change: everything but id, owner, collection, maker and keys. */
  update(draft: Draft): Promise<void>
  /** Drops a draft with its entries and manifests; its blobs are left to garbage collection. */
  remove(id: string): Promise<void>
  putManifest(manifest: DraftManifest): Promise<void>
}

// ---------- pointers ----------

export interface AliasReads {
  find(collectionId: string, name: string): Promise<Alias | undefined>
  /** In order of name; vacant ones too. */
  list(collectionId: string): Promise<readonly Alias[]>
  /** Of the first `limit` aliases in order of name, the names of those that are set. */
  listSet(collectionId: string, limit: number): Promise<readonly string[]>
  /** Which aliases these memberships bear, by collection, index and name. */
  listBorne(
    members: readonly { readonly collectionId: string; readonly index: number }[],
  ): Promise<readonly AliasBearing[]>
  /** One slot of an alias, however many it has. */
  findSlot(collectionId: string, name: string, index: number): Promise<Slot | undefined>
  /** An alias of this name in one of the owner's collections that more than `capacity` bear. */
  findCrowded(
    ownerId: number,
    name: string,
    capacity: number,
  ): Promise<{ readonly collectionId: string; readonly slotCount: number } | undefined>
  /** Aliases of these names, vacant ones too, of many collections, in no order. */
  listStandings(
    collectionIds: readonly string[],
    names: readonly string[],
  ): Promise<readonly Standing[]>
}
export interface AliasBearing {
  readonly collectionId: string
  readonly index: number
  readonly alias: string
}
export interface AliasWrites extends AliasReads {
  /**
   * Writes the alias's row (inserts it the first time) and its slots: those of `removed` indices
   * go, those of `added` come or are replaced.
   */
  move(
    alias: Omit<Alias, 'slots' | 'slotCount'>,
    removed: readonly number[],
    added: readonly Slot[],
  ): Promise<void>
}

export interface PointerLogReads {
  findByGeneration(
    collectionId: string,
    alias: string,
    generation: number,
  ): Promise<PointerEvent | undefined>
  /** The last entry of an alias at or before an instant. */
  findAt(collectionId: string, alias: string, time: Micros): Promise<PointerEvent | undefined>
  /** Newest first, those with a seq below `before` (null: the newest); of one alias, or all. */
  list(page: {
    readonly collectionId: string
    readonly alias: string | null
    readonly before: number | null
    readonly limit: number
  }): Promise<readonly PointerEvent[]>
  /** Whether a membership ever bore an alias. */
  hasBorne(collectionId: string, alias: string, index: number): Promise<boolean>
}
export interface PointerLogWrites extends PointerLogReads {
  /** In a collection, time grows with seq. */
  append(event: PointerEvent): Promise<void>
}

export interface EventReads {
  /** The stream: in order of revision, those above `after`. */
  page(page: { readonly after: number; readonly limit: number }): Promise<readonly StreamEvent[]>
  /** Where the stream ends now. */
  head(): Promise<StreamHead>
  /** All facts, those without a place too: in order of arrival, after a position. */
  list(page: {
    readonly after: number
    readonly limit: number
  }): Promise<readonly (Fact & { readonly position: number })[]>
  /** An owner's facts of kind `stages.changed`, newest first, those below a position. */
  stageChanges(page: {
    readonly ownerId: number
    readonly before: number | null
    readonly limit: number
  }): Promise<readonly (Fact & { readonly position: number })[]>
}
export interface EventWrites extends EventReads {
  record(fact: Fact): Promise<void>
}
