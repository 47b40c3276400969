import type { Measure, OwnerName, Stage } from './wire.ts'

// Owners, and the stages that they declare: a part of `wire.ts`.

export interface Owner extends OwnerName {
  readonly description: string | null
  /** Seen by its members only; else by its team, or its whole organization. */
  readonly restricted: boolean
  /** Its collections may be of any artifact type; else only of those that were declared. */
  readonly allowsAllTypes: boolean
  readonly artifactTypes: readonly string[]
  readonly createdAt: string
  readonly updatedAt: string
}

export interface NewRegistry {
  readonly name: string
  /** An organization's entity name; else one's own organization. */
  readonly entity?: string
  readonly description?: string | null
  readonly restricted?: boolean
}

export interface NewProject {
  readonly name: string
  /** A user or team; else one's own entity. */
  readonly entity?: string
}

/** What is left out stays. */
export interface OwnerChange {
  readonly name?: string
  readonly description?: string | null
  /** For admins. */
  readonly restricted?: boolean
  readonly allowsAllTypes?: boolean
  /** Declared beside those that are. */
  readonly artifactTypes?: readonly string[]
}

/** What is left out stays. */
export interface CollectionChange {
  readonly name?: string
  readonly description?: string | null
  /** All of them. */
  readonly tags?: readonly string[]
  /** All of them, the most telling first. */
  readonly measures?: readonly Measure[]
}

export interface StageList {
  /** In order of the life cycle. */
  readonly items: readonly Stage[]
}

/** What is left out is what an undeclared alias has: one bearer and no rule. */
export interface NewStage {
  readonly name: string
  /** May be left out: the order of the list is what counts. */
  readonly position?: number
  readonly capacity?: number | null
  readonly protected?: boolean
  readonly requires?: readonly string[]
  readonly onSupersede?: string | null
  readonly clears?: readonly string[]
  readonly fallback?: readonly string[]
}

/** All stages of an owner, in order. */
export interface StagesPut {
  readonly items: readonly NewStage[]
  readonly reason?: string | null
}

export interface StageChange {
  readonly time: string
  readonly actor: string
  readonly actorId: number
  readonly reason: string | null
  readonly from: readonly Stage[]
  readonly to: readonly Stage[]
}
