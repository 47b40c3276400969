import type { OwnerRef } from './owner.ts'
import type { Micros } from './time.ts'

/** `source`: versions are committed here. `linked`: versions are linked here from elsewhere. */
export type CollectionKind = 'source' | 'linked'

/** A number in the metadata of a collection's versions, and which way of it is better. */
export interface Measure {
  /** Its keys with dots between them: `eval.map50`. */
  readonly path: string
  readonly better: 'higher' | 'lower'
}

/** A name under which versions follow each other. Its row is the unit of locking. */
export interface Collection {
  readonly id: string
  readonly ownerId: number
  readonly name: string
  readonly kind: CollectionKind
  /** Of a collection of links it is fixed at creation. */
  readonly artifactType: string
  readonly description: string | null
  /** In order of name. */
  readonly tags: readonly string[]
  /** What its versions are measured by, the most telling first. */
  readonly measures: readonly Measure[]
  /** The index that the next membership gets. Only grows. */
  readonly nextIndex: number
  /** The last entry of its pointer log; 0 when there is none. */
  readonly logSeq: number
  /** Hash of that entry, hex; 64 zeros when there is none. */
  readonly logHash: string
  readonly logTime: Micros
  readonly createdBy: number
  readonly createdAt: Micros
  readonly updatedAt: Micros
}

export interface CollectionRef {
  readonly owner: OwnerRef
  readonly name: string
}

/** A version's place in a collection. */
export interface Membership {
  readonly collectionId: string
  readonly index: number
  readonly versionId: string
  readonly createdBy: number
  readonly createdAt: Micros
  /** Tombstone: set when the membership was unlinked or its version deleted. */
  readonly deletedAt: Micros | null
  readonly deletedBy: number | null
}
