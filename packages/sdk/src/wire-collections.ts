import type { LoggedSlot, Move, OwnerName } from './wire.ts'

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
  readonly createdBy: string
  readonly createdAt: string
  readonly updatedAt: string
}

/** In a list: with who holds what there now. */
export interface ListedCollection extends Collection {
  /** Of the declared stages, in order, and of `latest`: those that were ever set. */
  readonly standings: readonly Standing[]
}

export interface Standing {
  readonly alias: string
  readonly generation: number
  /** The first 32; empty: vacant. */
  readonly slots: readonly LoggedSlot[]
  readonly slotCount: number
  readonly lastMove: Move
}

export interface NewCollection {
  readonly name: string
  readonly type: string
  readonly description?: string | null
}
