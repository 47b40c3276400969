// The REST contract, version 1: what is sent and what is answered under `/api/v1`. Sizes are bytes,
// times RFC 3339 in UTC, versions are written `v3`, digests `sha256:<64 hex digits>`.

export type * from './wire-accounts.ts'
export type * from './wire-collections.ts'
export type * from './wire-events.ts'
export type * from './wire-owners.ts'
export type * from './wire-runs.ts'

/** A project of a user or team, or a registry of an organization. */
export interface OwnerName {
  readonly kind: 'project' | 'registry'
  /** The user or team; for a registry the organization's entity name. */
  readonly entity: string
  readonly name: string
}

/** One page of a list. */
export interface Page<Item> {
  readonly items: readonly Item[]
  /** Ask again with `?cursor=` for what follows; null: this was the last page. */
  readonly next: string | null
}

/** RFC 9457, with a stable code and what the contract promises for it. */
export interface Problem {
  readonly type: string
  readonly title: string
  readonly status: number
  /** What is wrong and how to mend it, for people. */
  readonly detail: string
  readonly code: string
  readonly requestId: string
  readonly details: { readonly [name: string]: unknown }
}

// ---------- versions ----------

/** Who is quarantined is refused by resolve and downloads; its aliases stay where they are. */
export type VersionState = 'committed' | 'quarantined' | 'deleted'

export interface Version {
  /** What to paste anywhere a version is asked for. */
  readonly ref: string
  readonly owner: OwnerName
  readonly collection: string
  readonly version: string
  readonly id: string
  /** Of the canonical manifest: equal for equal content. */
  readonly digest: string
  readonly type: string
  readonly size: number
  readonly fileCount: number
  /** The aliases that it bears in this collection now. */
  readonly aliases: readonly string[]
  readonly tags: readonly string[]
  readonly description: string | null
  readonly metadata: { readonly [name: string]: unknown }
  readonly ttlSeconds: number | null
  readonly state: VersionState
  /** Why it is quarantined. */
  readonly stateReason: string | null
  /** Grows with every change of metadata, description, tags. The ETag for a change. */
  readonly revision: number
  readonly createdBy: string
  readonly createdAt: string
  readonly updatedAt: string
}

export interface CommittedVersion extends Version {
  /** False: the collection had this content already (or the draft was committed before). */
  readonly created: boolean
}

export interface VersionChange {
  readonly metadata?: { readonly [name: string]: unknown }
  readonly description?: string | null
  readonly tags?: readonly string[]
}

export interface Quarantine {
  readonly reason: string
}

export interface NewLink {
  /** A whole reference, or the id of a version. */
  readonly version: string
  readonly aliases?: readonly string[]
}

/** A path of a version: a file by digest and size, or a reference to something outside. */
export interface NewEntry {
  readonly path: string
  readonly digest?: string
  /** Needed with a digest. */
  readonly size?: number
  /** A URI. The registry keeps it as text and never fetches it. */
  readonly reference?: string
  /** What stands there now (an ETag, a digest): part of the content. */
  readonly referenceDigest?: string
}

export interface Entry {
  readonly path: string
  /** Null for a reference. */
  readonly digest: string | null
  readonly size: number | null
  readonly reference: string | null
  readonly referenceDigest: string | null
}

export interface EntryPage extends Page<Entry> {
  readonly ref: string
  readonly version: string
  readonly digest: string
}

/** A file that differs; null on the side that lacks it. */
export interface EntryDifference {
  readonly path: string
  readonly change: 'added' | 'removed' | 'changed'
  readonly base: Entry | null
  readonly head: Entry | null
}

/** A leaf of the metadata that differs; null on the side that lacks it. */
export interface ValueDifference {
  /** Dotted. */
  readonly path: string
  readonly base: string | number | null
  readonly head: string | number | null
}

/** Files come in pages, which may be short, even empty, though there is more. */
export interface Comparison extends Page<EntryDifference> {
  readonly base: Version
  readonly head: Version
  /** All of them, on every page. */
  readonly metadata: readonly ValueDifference[]
}

export interface NewVersion {
  /** The artifact type; the first version fixes it for the collection. */
  readonly type: string
  readonly entries?: readonly NewEntry[]
  /** True: more entries follow under the draft, so equal content is only found at the commit. */
  readonly moreEntries?: boolean
  readonly metadata?: { readonly [name: string]: unknown }
  readonly description?: string | null
  readonly tags?: readonly string[]
  /** Moved to the version by its commit. `latest` follows by itself. */
  readonly aliases?: readonly string[]
  readonly ttlSeconds?: number | null
  /** The run that makes it, by its name in the same project. */
  readonly run?: string
}

export interface MoreEntries {
  readonly entries: readonly NewEntry[]
}

/** Bytes that the draft lacks, and where to PUT them: no other authorization is needed. */
export interface Upload {
  readonly digest: string
  readonly size: number
  readonly url: string
}

/** A version being made, seen by its maker only. */
export interface Draft {
  readonly id: string
  readonly owner: OwnerName
  readonly collection: string
  readonly type: string
  readonly state: 'open' | 'committed' | 'absorbed'
  readonly aliases: readonly string[]
  readonly tags: readonly string[]
  readonly createdAt: string
  readonly expiresAt: string
  /** One page of what must be sent before the commit. */
  readonly uploads: readonly Upload[]
  /** Where small ones may be sent together: see `transfers/send-batch.ts`. */
  readonly batchUrl: string
  readonly next: string | null
}

// ---------- pointers ----------

export interface Slot {
  readonly version: string
  readonly digest: string
  readonly label: string
  readonly weight: number
}

/** What a pointer names, and the generation to expect when moving it. */
export interface Pointer {
  readonly owner: OwnerName
  readonly collection: string
  readonly alias: string
  /** Grows by one with every change. The ETag for a change. */
  readonly generation: number
  /** Highest weight first, then newest; empty: vacant. */
  readonly slots: readonly Slot[]
}

/** Who moved a pointer, when and why. */
export interface Move {
  /** Shared by all pointers that one call moved. */
  readonly changeId: string
  readonly cause: PointerCause
  readonly actor: string
  readonly time: string
  readonly reason: string | null
}

export type PointerCause =
  | 'promote'
  | 'set'
  | 'remove'
  | 'clear'
  | 'rollback'
  | 'commit'
  | 'link'
  | 'supersede'
  | 'delete'
  | 'import'
  | 'expiry'

export interface Alias extends Pointer {
  /** How many versions bear it; `slots` names at most the first 32. */
  readonly slotCount: number
  readonly lastMove: Move
}

export interface AliasSummary extends Pointer {
  readonly slotCount: number
  readonly updatedAt: string
}

/** A declared alias: a place in the life cycle. */
export interface Stage {
  readonly name: string
  readonly position: number
  /** How many versions may bear it at once; null: any number. */
  readonly capacity: number | null
  readonly protected: boolean
  readonly requires: readonly string[]
  /** What a displaced version becomes. */
  readonly onSupersede: string | null
  /** What a version that gains this stage loses. */
  readonly clears: readonly string[]
  readonly fallback: readonly string[]
}

export interface AliasList {
  /** Every alias that was ever set, vacant ones too. */
  readonly items: readonly AliasSummary[]
  readonly stages: readonly Stage[]
}

/** A generation, `vacant`, or the only bearer as `v3`. */
export type Expectation = number | string

export interface WantedSlot {
  readonly version: string
  /** Needed when there are several. */
  readonly label?: string
  readonly weight?: number
}

/** Give `version` (any selector) or `slots`. */
export interface AliasPut {
  readonly version?: string
  readonly slots?: readonly WantedSlot[]
  readonly reason?: string | null
  readonly expect?: Expectation
}

export interface Rollback {
  /** Go down the stack to this version; else to the one before. */
  readonly to?: string
  readonly reason?: string | null
  readonly expect?: Expectation
}

/** What a call did to an alias. For an alias of unlimited capacity `slots` names who came. */
export interface AliasChange extends Pointer {
  /** False: it was so already, and nothing was written. */
  readonly changed: boolean
  readonly lastMove: Move | null
  /** Other aliases that changed in the same transaction. */
  readonly others: readonly SideEffect[]
}

/** What saving an edited list of a version's aliases means: one transaction, no expectation. */
export interface AliasesChange {
  /** A selector of the version. */
  readonly version: string
  /** Moved to the version. */
  readonly add?: readonly string[]
  /** Where the version bears them: its own slot goes, nobody else's. */
  readonly remove?: readonly string[]
  readonly reason?: string | null
}

export interface ChangedAliases {
  readonly version: string
  /** All that it bears there now. */
  readonly aliases: readonly string[]
  /** What changed, side effects too. */
  readonly changes: readonly SideEffect[]
}

export interface SideEffect {
  readonly alias: string
  readonly generation: number
  /** Versions. */
  readonly added: readonly string[]
  readonly removed: readonly string[]
}

export interface LoggedSlot {
  readonly version: string
  readonly label: string
  readonly weight: number
}

/** One entry of the pointer log; `docs/API.md` says how to check the chain of hashes. */
export interface PointerEvent {
  readonly collectionId: string
  /** 1, 2, … without gap within the collection. */
  readonly seq: number
  readonly alias: string
  /** Of the alias, after this entry. */
  readonly generation: number
  /** All slots before and after; null for an alias of unlimited capacity. */
  readonly from: readonly LoggedSlot[] | null
  readonly to: readonly LoggedSlot[] | null
  /** Who came and who went. */
  readonly added: readonly string[]
  readonly removed: readonly string[]
  readonly cause: PointerCause
  readonly actor: string
  readonly actorId: number
  readonly reason: string | null
  readonly changeId: string
  /** What the rules saw. */
  readonly seen: unknown
  readonly time: string
  readonly prevHash: string
  readonly hash: string
}

/** Who held an alias from one entry of its log to the next. */
export interface Holding {
  readonly seq: number
  readonly generation: number
  /** Empty: nobody held it. */
  readonly slots: readonly LoggedSlot[]
  readonly from: string
  /** Null: until now. */
  readonly until: string | null
  readonly move: Move
}

export interface DryRunRequest {
  readonly version: string
}

export interface RuleVerdict {
  readonly alias: string
  readonly rule: 'requires' | 'capacity' | 'protected'
  readonly passed: boolean
  readonly message: string
  readonly saw: { readonly [name: string]: unknown }
}

/** What a call on an alias would do now; nothing was changed. */
export interface Forecast {
  readonly owner: OwnerName
  readonly collection: string
  readonly alias: string
  /** As it is now: expect it when you go on. */
  readonly generation: number
  readonly allowed: boolean
  readonly added: readonly string[]
  /** Displaced. */
  readonly removed: readonly string[]
  readonly rules: readonly RuleVerdict[]
  /** What it would set and clear besides. */
  readonly others: readonly SideEffect[]
}

/** Of a promotion. */
export interface DryRun extends Forecast {
  readonly version: string
  /** False: it is so already. */
  readonly changed: boolean
}

export interface RollbackDryRunRequest {
  /** A version; else what was before. */
  readonly to?: string
}

/** Of a rollback. */
export interface RollbackDryRun extends Forecast {
  /** What would be put back. */
  readonly slots: readonly LoggedSlot[]
  /** The undo stack below its top, newest first: to the target, and some more. */
  readonly stack: readonly StackEntry[]
}

export interface StackEntry {
  readonly generation: number
  /** All that it set; empty: vacant. */
  readonly slots: readonly LoggedSlot[]
  readonly move: Move
  /** Why it cannot be put back; null: it can. */
  readonly why: 'empty' | 'deleted' | 'quarantined' | 'as now' | null
}

/** What a reference means now: the read path of serving. */
export interface Resolution {
  /** With the version's number: it means the same for ever. */
  readonly ref: string
  readonly owner: OwnerName
  readonly collection: string
  readonly version: string
  readonly id: string
  readonly digest: string
  readonly type: string
  readonly size: number
  readonly fileCount: number
  readonly revision: number
  readonly createdBy: string
  readonly createdAt: string
  readonly foundBy: 'alias' | 'index' | 'digest' | 'fallback' | 'history'
  /** The alias that gave the answer, and its generation (for `history`: of that time). */
  readonly alias: string | null
  readonly generation: number | null
  readonly slot: { readonly label: string; readonly weight: number } | null
}
