import type { Grant, TokenScope } from './grant.ts'
import type { Role } from './role.ts'
import type { Micros } from './time.ts'

/** Who acts. A token proves it; the registry itself acts as `SYSTEM`. */
export interface Actor {
  /** The integer id of the user or service account; 0 is the registry itself. */
  readonly userId: number
  readonly username: string
  /** Where their projects are when none is named: their own entity, or a service account's home. */
  readonly entityId: number
  readonly admin: boolean
  readonly rights: Rights
  /** The token that proved it; null where none did. */
  readonly tokenId: string | null
  /** Equal texts: the same actor with the same rights. */
  readonly standing: string
}

/** All that decides what an actor may, as it was when they were last asked about. */
export interface Rights {
  /** By entity: one's own, teams, organizations' own. */
  readonly entityRoles: ReadonlyMap<number, Role>
  /** By owner: a member's, directly or through a team, whichever is higher. */
  readonly ownerRoles: ReadonlyMap<number, Role>
  /** By owner. */
  readonly grants: ReadonlyMap<number, readonly Grant[]>
  /** Entities in which the actor may download everything. */
  readonly wholeEntities: readonly number[]
  /** Organizations that they or their teams belong to. */
  readonly organizationIds: readonly number[]
  /** What the token is limited to; null when it is not. */
  readonly scope: TokenScope | null
}

export const NO_RIGHTS: Rights = {
  entityRoles: new Map(),
  ownerRoles: new Map(),
  grants: new Map(),
  wholeEntities: [],
  organizationIds: [],
  scope: null,
}

/** The registry itself: first start, expiry, the supersede step of nobody's call. */
export const SYSTEM: Actor = {
  userId: 0,
  username: 'system',
  entityId: 0,
  admin: true,
  rights: NO_RIGHTS,
  tokenId: null,
  standing: 'system',
}

/** A person, or a program with an account of its own. */
export type UserKind = 'user' | 'service_account'

export interface User {
  readonly id: number
  readonly kind: UserKind
  readonly username: string
  /** Shown to people. */
  readonly displayName: string
  readonly email: string | null
  readonly admin: boolean
  readonly entityId: number
  /** Where their projects are: a user's own entity; a service account's team or organization. */
  readonly homeEntityId: number
  readonly createdAt: Micros
  /** Since when nobody may act as them; history names them still. */
  readonly removedAt: Micros | null
}

/** A key as it is kept: never the key itself. */
export interface Token {
  readonly id: string
  readonly userId: number
  readonly name: string
  /** The first characters of the key, so that a person can tell two apart. */
  readonly prefix: string
  /** SHA-256 of the key, hex. */
  readonly keyDigest: string
  readonly scope: TokenScope | null
  readonly createdAt: Micros
  readonly expiresAt: Micros | null
  readonly revokedAt: Micros | null
  /** Up to an hour old. */
  readonly lastUsedAt: Micros | null
}
