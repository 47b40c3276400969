import type { PointerCause } from './pointer-event.ts'
import type { Micros } from './time.ts'

/** One bearer of an alias. */
export interface Slot {
  /** Membership index in the alias's collection. */
  readonly index: number
  /** `default` when a move made it; `set` with several slots names each. */
  readonly label: string
  /** A positive integer; the share of keys that go to it among its siblings. */
  readonly weight: number
}

export const DEFAULT_LABEL = 'default'
export const DEFAULT_WEIGHT = 1

/**
 * A pointer inside one collection. Once set it is never deleted: vacant, it keeps its generation.
 */
export interface Alias {
  readonly collectionId: string
  readonly name: string
  /** Grows by one with every change. */
  readonly generation: number
  /**
   * Top of the undo stack: the generation whose slots it shows. Equals `generation` unless the last
   * change was a rollback, or edited the stack in place (delete, expiry).
   */
  readonly topGeneration: number
  /** Hex; what sticky resolution hashes with each key. */
  readonly salt: string
  readonly updatedAt: Micros
  /** All slots of an alias of finite capacity; the first `MAX_SLOTS_PER_ALIAS` of an unlimited one.
   * Highest weight first, then highest index. */
  readonly slots: readonly Slot[]
  readonly slotCount: number
}

/** An alias as it stands, and what made it so: what a list of collections tells of each. */
export interface Standing extends Pick<Alias, 'collectionId' | 'name' | 'generation'> {
  /** The first `MAX_SLOTS_PER_ALIAS`, as in an `Alias`. */
  readonly slots: readonly Slot[]
  readonly slotCount: number
  readonly lastMove: LastMove
}

export interface LastMove {
  readonly changeId: string
  readonly cause: PointerCause
  readonly actorName: string
  readonly reason: string | null
  readonly time: Micros
}

/**
 * What a caller expects an alias to be before it moves: a generation, empty, or one bearer only.
 */
export type Expectation =
  | { readonly kind: 'generation'; readonly generation: number }
  | { readonly kind: 'vacant' }
  | { readonly kind: 'bearer'; readonly index: number }
