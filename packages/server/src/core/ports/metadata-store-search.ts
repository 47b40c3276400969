import type { Condition, Field, FieldKey } from '../model/field.ts'

/** A member that a search looked at, and whether it meets the search's conditions. */
export interface Examined {
  readonly key: FieldKey
  readonly matches: boolean
}
/** Both walks read exactly up to `limit` members, however few of them match. */
export interface FieldReads {
  /** Live members, newest first, those below `before` (null: from the newest). */
  walkNewest(walk: {
    readonly collectionId: string
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
}
export interface FieldWrites extends FieldReads {
  /** Replaces all fields of a member; none, once it is no longer live. */
  replace(collectionId: string, index: number, fields: readonly Field[]): Promise<void>
}
