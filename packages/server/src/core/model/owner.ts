import type { Micros } from './time.ts'

export type EntityKind = 'user' | 'team' | 'organization' | 'service_account'

/**
 * A name that owns things: a user, a team, or an organization's own. A service account has one to
 * be named by; it owns nothing. Names keep their case.
 */
export interface Entity {
  readonly id: number
  readonly name: string
  readonly kind: EntityKind
  /** The organization that it belongs to, or is. */
  readonly organizationId: number
  readonly createdAt: Micros
}

/** Its display name and the name of its entity always differ. */
export interface Organization {
  readonly id: number
  readonly displayName: string
  readonly entityId: number
  readonly entityName: string
  readonly createdAt: Micros
}

/** What owns collections: a project of a user or team, or a registry of an organization. */
export type OwnerKind = 'project' | 'registry'

export interface Owner {
  readonly id: number
  readonly kind: OwnerKind
  readonly entityId: number
  readonly entityName: string
  readonly name: string
  readonly description: string | null
  /**
   * Seen by its members only, and by the admins of its team or organization; else by the team's
   * members, or by the whole organization.
   */
  readonly restricted: boolean
  /** Whether its collections may be of any artifact type, or only of the declared ones. */
  readonly allowsAllTypes: boolean
  /** Declared artifact types, in order of name; they stay declared while all are allowed. */
  readonly artifactTypes: readonly string[]
  readonly createdAt: Micros
  readonly updatedAt: Micros
}

/** How a caller names an owner. For a registry, `entityName` is its organization's entity name. */
export interface OwnerRef {
  readonly kind: OwnerKind
  readonly entityName: string
  readonly name: string
}

export function describeOwner(owner: OwnerRef): string {
  return owner.kind === 'registry'
    ? `registry/${owner.entityName}/${owner.name}`
    : `${owner.entityName}/${owner.name}`
}
