// The state of each page that stands in its address.

export interface OwnersSearch {
  readonly q?: string | undefined
}

export interface RegistrySearch {
  /** A part of the name. */
  readonly q?: string | undefined
  readonly type?: string | undefined
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
