import type { LoggedSlot, Move, OwnerName, Stage } from './wire.ts'

// Collections: a part of `wire.ts`.

export interface Collection {
  readonly owner: OwnerName
  readonly name: string
  /** `source`: versions are committed here. `linked`: linked here from elsewhere. */
  readonly kind: 'source' | 'linked'
  /** The artifact type of all its versions. */
  readonly type: string
  readonly description: string | null
  readonly tags: readonly string[]
  /** What its versions are measured by, the most telling first. */
  readonly measures: readonly Measure[]
  readonly createdBy: string
  readonly createdAt: string
  readonly updatedAt: string
}

/** In a list: with who holds what there now. */
export interface ListedCollection extends Collection {
  /** Of the declared stages, in order, and of `latest`: those that were ever set. */
  readonly standings: readonly Standing[]
  readonly newest: NewestVersion | null
}

/** A number in the metadata of versions, as `eval.map50`, and which way of it is better. */
export interface Measure {
  readonly path: string
  readonly better: 'higher' | 'lower'
}

export interface NewestVersion {
  readonly version: string
  /** Bytes. */
  readonly size: number
  /** Of the first of the collection's measures; null: it has none, or no measure is named. */
  readonly value: number | null
}

export interface Standing {
  readonly alias: string
  readonly generation: number
  /** The first 32; empty: vacant. */
  readonly slots: readonly LoggedSlot[]
  readonly slotCount: number
  readonly lastMove: Move
}

/** Who bore each alias at an instant. */
export interface StandingsAt {
  /** In order of name; what was not set by then is left out. */
  readonly items: readonly Standing[]
  /** As they are declared now. */
  readonly stages: readonly Stage[]
}

export interface NewCollection {
  readonly name: string
  readonly type: string
  readonly description?: string | null
}
