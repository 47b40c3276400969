import type { User } from './actor.ts'
import type { EntityKind, Owner } from './owner.ts'
import type { Role } from './role.ts'
import type { Micros } from './time.ts'

/** Where somebody is a member: a team or an organization (its entity), a project or a registry. */
export type MemberPlace =
  | { readonly kind: 'entity'; readonly id: number }
  | { readonly kind: 'owner'; readonly id: number }

/** Members are known by their entities: users, service accounts and, of owners, teams too. */
export interface Member {
  readonly principalId: number
  readonly principalName: string
  readonly principalKind: EntityKind
  /** Null for a team. */
  readonly user: Pick<User, 'id' | 'displayName' | 'email'> | null
  readonly role: Role
  readonly createdAt: Micros
}

/** A role that somebody has in a team or organization. */
export interface EntityRole {
  readonly entityId: number
  readonly entityName: string
  readonly entityKind: EntityKind
  readonly organizationId: number
  readonly role: Role
  /** Some of its projects are restricted: not every member may read everything. */
  readonly hidesProjects: boolean
}

/** What a right on an owner is judged by. */
export type OwnerFacts = Pick<
  Owner,
  'id' | 'kind' | 'entityId' | 'entityName' | 'name' | 'restricted'
>
