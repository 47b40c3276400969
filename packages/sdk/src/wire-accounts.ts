import type { OwnerName } from './wire.ts'
import type { Owner } from './wire-owners.ts'

// Who may do what: a part of `wire.ts`. `docs/rights.md` says what roles and grants mean.

/** Each may do what those before it may. `restricted_viewer` is of registries and projects only. */
export type Role = 'restricted_viewer' | 'viewer' | 'member' | 'admin'

export type Verb = 'read' | 'download' | 'write' | 'promote' | 'administer'

export interface Organization {
  /** Of its entity, in paths. */
  readonly name: string
  /** What people see, and what the wandb client calls it. */
  readonly displayName: string
  readonly createdAt: string
}

export interface NewOrganization {
  readonly name: string
  readonly displayName: string
}

export interface OrganizationChange {
  readonly displayName: string
}

export interface Team {
  readonly name: string
  /** The name of its organization's entity. */
  readonly organization: string
  readonly createdAt: string
}

export interface NewTeam {
  readonly name: string
  /** Else the first one that you belong to. */
  readonly organization?: string
  /** The username of its first admin, else you; for admins of the organization. */
  readonly admin?: string
}

export interface Member {
  readonly name: string
  readonly kind: 'user' | 'team' | 'service_account'
  /** Null for a team. */
  readonly displayName: string | null
  readonly role: Role
  readonly createdAt: string
}

export interface MemberPut {
  readonly role: Role
}

/** In patterns each `*` stands for any characters. */
export interface Grant {
  readonly id: string
  /** A user, team or service account. */
  readonly principal: string
  readonly collection: string
  readonly alias: string
  readonly verb: Exclude<Verb, 'administer'>
  readonly effect: 'allow' | 'deny'
  readonly createdAt: string
}

export interface NewGrant {
  readonly principal: string
  /** `*` unless told. */
  readonly collection?: string
  /** `*` unless told. */
  readonly alias?: string
  readonly verb: Exclude<Verb, 'administer'>
  /** `allow` unless told. */
  readonly effect?: 'allow' | 'deny'
}

/** Why somebody may or may not do something in a project or registry, with a key without limits. */
export interface ExplainedAccess {
  readonly allowed: boolean
  /** What decided. Never `scope` here: no key is asked about. */
  readonly because: 'administrator' | 'role' | 'grant' | 'scope'
  /** Where a role decided: theirs, null for none, and the least that it takes. */
  readonly role: Role | null
  readonly needed: Role | null
  /** The grant that decided; `principal` is themselves or a team of theirs. */
  readonly grant: Grant | null
  /** Of the alias that was asked about. */
  readonly isProtected: boolean | null
  /** As a member here, by name or through a team. */
  readonly memberRole: Role | null
  /** In the team, or in the organization, that this belongs to. */
  readonly entityRole: Role | null
}

export interface ServiceAccount {
  readonly name: string
  readonly displayName: string
  readonly createdAt: string
}

/** At home in a team, or in an organization. */
export interface NewServiceAccount {
  readonly name: string
  readonly displayName?: string
  readonly team?: string
  readonly organization?: string
  /** At home; `member` unless told. */
  readonly role?: Role
}

export interface UserChange {
  readonly displayName?: string
  readonly email?: string | null
  /** For administrators. */
  readonly admin?: boolean
}

/** What a token is limited to. */
export interface TokenScope {
  readonly verbs: readonly Verb[]
  /** Of `entity/project` or `registry/organization/registry`. */
  readonly owner: string
  readonly collection: string
  readonly alias: string
}

export interface NewTokenScope {
  readonly verbs: readonly Verb[]
  /** `*` unless told; so are the others. */
  readonly owner?: string
  readonly collection?: string
  readonly alias?: string
}

/** Where somebody may act, beside what is their own. */
export interface Access {
  /** Teams and organizations. */
  readonly places: readonly {
    readonly kind: 'team' | 'organization'
    readonly name: string
    readonly role: Role
  }[]
  /** Projects and registries that they or their teams are members of. */
  readonly owners: readonly { readonly owner: Owner; readonly role: Role }[]
  /** Null for a token without limits. */
  readonly scope: TokenScope | null
}

// ---------- storage ----------

/** As the last collection of garbage found it: all that grows with the store is counted there. */
export interface Storage {
  /** Null until the first collection, a minute after the first start. */
  readonly counted: {
    readonly countedAt: string
    readonly blobs: number
    readonly bytes: number
    /** Those with the most bytes, most first. */
    readonly owners: readonly OwnerStorage[]
    /** How many more there are. */
    readonly otherOwners: number
  } | null
  /** What nothing needs any more, as of now. */
  readonly condemned: CondemnedCount
  /** Of that, what a collection would remove now, since its grace is over. */
  readonly removable: CondemnedCount
  readonly lastCollection: {
    readonly startedAt: string
    readonly endedAt: string
    readonly graceSeconds: number
    readonly expiredVersions: number
    readonly condemned: number
    readonly takenBack: number
    readonly removedBlobs: number
    readonly removedBytes: number
  } | null
}

export interface OwnerStorage {
  readonly owner: OwnerName
  /** Each blob counts once. */
  readonly blobs: number
  readonly bytes: number
  /** Of these, what no other owner needs. */
  readonly uniqueBlobs: number
  readonly uniqueBytes: number
}

export interface CondemnedCount {
  readonly blobs: number
  readonly bytes: number
  /** Counting ended at a bound: there are more. */
  readonly isMore: boolean
}

// ---------- users and tokens ----------

export interface User {
  readonly username: string
  readonly displayName: string
  readonly email: string | null
  readonly admin: boolean
  readonly createdAt: string
}

export interface NewUser {
  readonly username: string
  readonly displayName?: string
  readonly email?: string | null
  readonly admin?: boolean
  /** By its entity's name; else the first one. */
  readonly organization?: string
}

export interface Token {
  readonly id: string
  readonly name: string
  /** How the key begins, to tell two apart. */
  readonly prefix: string
  readonly scope: TokenScope | null
  readonly createdAt: string
  readonly expiresAt: string | null
  readonly revokedAt: string | null
  /** Up to an hour old. */
  readonly lastUsedAt: string | null
}

export interface NewToken {
  readonly name: string
  /** An existing key to import; administrators only. */
  readonly key?: string
  readonly scope?: NewTokenScope | null
  readonly expiresAt?: string | null
}

export interface CreatedToken extends Token {
  /** Shown this once, never again. */
  readonly key: string
}

export interface TokenList {
  readonly items: readonly Token[]
}

export interface Me {
  readonly user: User
  /** The owner name of one's own projects. */
  readonly entity: string
  readonly organization: { readonly name: string; readonly displayName: string }
  readonly signedInBy: 'key' | 'session'
  /** Of a session of the page. */
  readonly sessionExpiresAt: string | null
  /** False: ask them to choose one. */
  readonly hasPassword: boolean
  readonly access: Access
}

/** A name and its password, or the code behind the `#` of a sign-in link. */
export type NewSession =
  | { readonly username: string; readonly password: string }
  | { readonly code: string }

export interface NewPassword {
  readonly password: string
  /** One's own until now; not asked for right after a sign-in link. */
  readonly current?: string
}
