import type { Condition, Field, FieldKey } from '../model/field.ts'
import type { Micros } from '../model/time.ts'

/** A member that a search looked at, and whether it meets the search's conditions. */
export interface Examined {
  readonly key: FieldKey
  readonly matches: boolean
}
/** Every walk reads exactly up to `limit` members, however few of them match. */
export interface FieldReads {
  /** Live members, newest first, those below `before` (null: from the newest). */
  walkNewest(walk: {
    readonly collectionId: string
    readonly before: number | null
    readonly conditions: readonly Condition[]
    readonly limit: number
  }): Promise<readonly Examined[]>
  /** Live members, oldest first, those above `after` (null: from the oldest). */
  walkOldest(walk: {
    readonly collectionId: string
    readonly after: number | null
    readonly conditions: readonly Condition[]
    readonly limit: number
  }): Promise<readonly Examined[]>
  /** Members that bear an alias now, newest first, those below `before`. */
  walkBearers(walk: {
    readonly collectionId: string
    readonly alias: string
    readonly before: number | null
    readonly conditions: readonly Condition[]
    readonly limit: number
  }): Promise<readonly Examined[]>
  /** Live members that have a field, in the order of its values, those behind `after`. */
  walkSorted(walk: {
    readonly collectionId: string
    readonly path: string
    readonly direction: 'asc' | 'desc'
    readonly after: FieldKey | null
    readonly conditions: readonly Condition[]
    readonly limit: number
  }): Promise<readonly Examined[]>
  /** The numbers that members have in fields of these paths; without order. */
  listNumbers(
    members: readonly { readonly collectionId: string; readonly index: number }[],
    paths: readonly string[],
  ): Promise<readonly MemberNumber[]>
}
export interface MemberNumber {
  readonly collectionId: string
  readonly index: number
  readonly path: string
  readonly number: number
}
export interface FieldWrites extends FieldReads {
  /** Replaces all fields of a member; none, once it is no longer live. */
  replace(collectionId: string, index: number, fields: readonly Field[]): Promise<void>
}

export interface NewestMember {
  readonly collectionId: string
  readonly index: number
  /** Bytes. */
  readonly size: number
}

/** What a collection must be; null is not asked. */
export interface WantedCollection {
  /** In the name; the case of A to Z does not matter. Empty is in every name. */
  readonly contains: string
  /** An alias that some version bears there now. */
  readonly bears: string | null
  readonly createdBy: number | null
  /** When it was made, both included. */
  readonly since: Micros | null
  readonly until: Micros | null
}
export interface CollectionSearch {
  /**
   * As `list`: looks at exactly up to `limit` collections, in order of name, and gives of each that
   * is wanted its id. (Of those that are not, nothing is read but what shows it: a search by name
   * looks at its index alone.)
   */
  examine(
    page: {
      readonly ownerId: number
      readonly artifactType: string | null
      readonly after: string
      readonly limit: number
    },
    wanted: WantedCollection,
  ): Promise<readonly { readonly name: string; readonly wantedId: string | null }[]>
}
