// The state of each page that stands in its address.

export interface OwnersSearch {
  readonly q?: string | undefined
}

export interface RegistrySearch {
  /** A part of the name. */
  readonly q?: string | undefined
  readonly type?: string | undefined
  readonly tag?: string | undefined
  /** The stage that `held` is about. */
  readonly stage?: string | undefined
  readonly held?: 'held' | 'vacant' | undefined
  /** Who moved some stage last. */
  readonly mover?: string | undefined
  /** A column; `-` before it: descending. */
  readonly sort?: string | undefined
}

export const COLLECTION_TABS = ['board', 'versions', 'history', 'card', 'settings'] as const
export type CollectionTab = (typeof COLLECTION_TABS)[number]

export interface CollectionSearch {
  readonly tab?: CollectionTab | undefined
  /** The whole page as it was at that time (RFC 3339). */
  readonly asOf?: string | undefined
  /** Of the versions, as the API takes it: `metadata.accuracy:gte:0.9`. */
  readonly filter?: readonly string[] | undefined
  readonly sort?: string | undefined
  /** Columns of metrics, and what cards show. */
  readonly metrics?: readonly string[] | undefined
  readonly selected?: readonly string[] | undefined
  /** History of this alias only. */
  readonly alias?: string | undefined
}

export const VERSION_TABS = ['files', 'metadata', 'metrics', 'lineage'] as const
export type VersionTab = (typeof VERSION_TABS)[number]

export const LINEAGE_VIEWS = ['graph', 'list'] as const
export type LineageView = (typeof LINEAGE_VIEWS)[number]

export interface VersionSearch {
  readonly tab?: VersionTab | undefined
  /** A part of a path, or of the metadata. */
  readonly q?: string | undefined
  /** The file that is looked into. */
  readonly file?: string | undefined
  readonly view?: LineageView | undefined
}

export interface CompareSearch {
  /** Two to four selectors, or whole references to versions elsewhere. */
  readonly version?: readonly string[] | undefined
  /** One of them; else the first. */
  readonly base?: string | undefined
  /** What is equal too. */
  readonly all?: 'yes' | undefined
  /** The file whose tensors are compared. */
  readonly file?: string | undefined
}

export interface ProjectSearch {
  readonly q?: string | undefined
  readonly type?: string | undefined
}

export const RUN_STATES = ['running', 'finished', 'failed', 'crashed', 'killed'] as const

export interface RunsSearch {
  /** A part of the name. */
  readonly q?: string | undefined
  readonly state?: (typeof RUN_STATES)[number] | undefined
  readonly sort?: string | undefined
}

export const RUN_TABS = ['curves', 'config', 'summary', 'console', 'versions'] as const
export type RunTab = (typeof RUN_TABS)[number]

export interface RunSearch {
  readonly tab?: RunTab | undefined
  /** A part of a metric, or of the config or summary. */
  readonly q?: string | undefined
  /** Other runs drawn over it. */
  readonly with?: readonly string[] | undefined
  readonly log?: 'yes' | undefined
  /** 0 to 99: how much of the value before is kept. */
  readonly smooth?: string | undefined
}

export const ACTIVITY_KINDS = ['moves', 'versions', 'runs', 'places', 'people'] as const
export type ActivityKind = (typeof ACTIVITY_KINDS)[number]

export interface ActivitySearch {
  readonly kind?: readonly string[] | undefined
  readonly actor?: string | undefined
}

export const ADMIN_TABS = [
  'users',
  'teams',
  'tokens',
  'service-accounts',
  'grants',
  'storage',
  'audit',
] as const
export type AdminTab = (typeof ADMIN_TABS)[number]

export const VERBS = ['read', 'download', 'write', 'promote', 'administer'] as const

export interface AdminSearch {
  readonly tab?: AdminTab | undefined
  readonly q?: string | undefined
  /** Whose tokens, or the team that is open, or the project or registry of the grants. */
  readonly of?: string | undefined
  /** Revoked tokens, too. */
  readonly revoked?: 'yes' | undefined
  /** May they do this to that, and why? */
  readonly who?: string | undefined
  readonly verb?: (typeof VERBS)[number] | undefined
  readonly collection?: string | undefined
  readonly alias?: string | undefined
}
