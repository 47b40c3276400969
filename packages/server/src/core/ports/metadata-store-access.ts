import type { Token, User, UserKind } from '../model/actor.ts'
import type { Grant } from '../model/grant.ts'
import type { EntityRole, Member, MemberPlace } from '../model/member.ts'
import type { Entity, EntityKind, Organization } from '../model/owner.ts'
import type { Role } from '../model/role.ts'
import type { Micros } from '../model/time.ts'

/** Who is what where. Principals are named by the ids of their entities. */
export interface MemberReads {
  findRole(place: MemberPlace, principalId: number): Promise<Role | undefined>
  /** Ascending principal id, those above `after`. */
  list(page: {
    readonly place: MemberPlace
    readonly after: number
    readonly limit: number
  }): Promise<readonly Member[]>
  /** Teams and organizations in which a principal has a role; without order. */
  entityRoles(principalId: number): Promise<readonly EntityRole[]>
  /** Roles that any of the principals has on owners; without order. */
  ownerRoles(
    principalIds: readonly number[],
  ): Promise<readonly { readonly ownerId: number; readonly role: Role }[]>
  /** In how many places of this kind a principal is a member. */
  count(kind: MemberPlace['kind'], principalId: number): Promise<number>
}
export interface MemberWrites extends MemberReads {
  /** Gives a role, in place of the one that was there. */
  put(place: MemberPlace, principalId: number, role: Role, time: Micros): Promise<void>
  remove(place: MemberPlace, principalId: number): Promise<void>
  removeAllOf(place: MemberPlace): Promise<void>
  removePrincipal(principalId: number): Promise<void>
}

export interface GrantReads {
  find(id: string): Promise<Grant | undefined>
  /** Ascending id, those above `after`. */
  list(page: {
    readonly ownerId: number
    readonly after: string
    readonly limit: number
  }): Promise<readonly Grant[]>
  /** All grants of any of the principals; without order. */
  listOfPrincipals(principalIds: readonly number[]): Promise<readonly Grant[]>
  count(principalId: number): Promise<number>
}
export interface GrantWrites extends GrantReads {
  insert(grant: Grant): Promise<void>
  /** False when it was gone already. */
  remove(id: string): Promise<boolean>
  removeAllOf(ownerId: number): Promise<void>
  removePrincipal(principalId: number): Promise<void>
}

export interface EntityReads {
  /** Not one that was removed: only its id is known still. */
  find(name: string): Promise<Entity | undefined>
  findById(id: number): Promise<Entity | undefined>
  findMany(ids: readonly number[]): Promise<readonly Entity[]>
  /** Of one organization, or of all; ascending id, those above `after`. */
  list(page: {
    readonly kind: EntityKind
    readonly organizationId: number | null
    readonly after: number
    readonly limit: number
  }): Promise<readonly Entity[]>
  findOrganization(id: number): Promise<Organization | undefined>
  listOrganizations(): Promise<readonly Organization[]>
}
export interface EntityWrites extends EntityReads {
  /** Throws `already_exists` when the name is taken. */
  insert(entity: Entity): Promise<void>
  /** Locks its row until the end of the transaction; false for one that was removed. */
  lock(id: number): Promise<boolean>
  /** Keeps it from being removed before the transaction ends; false for one that was. */
  keep(id: number): Promise<boolean>
  /** Its row and its name stay taken; nobody finds it by name. */
  end(id: number, time: Micros): Promise<void>
  insertOrganization(organization: Organization): Promise<void>
  /** Writes back what can change: its display name. */
  updateOrganization(organization: Organization): Promise<void>
}

export interface UserReads {
  find(username: string): Promise<User | undefined>
  findById(id: number): Promise<User | undefined>
  findMany(ids: readonly number[]): Promise<readonly User[]>
  /** Those at home in one entity, or everywhere; ascending id, those above `after`. */
  list(page: {
    readonly kind: UserKind
    readonly home: number | null
    readonly after: number
    readonly limit: number
  }): Promise<readonly User[]>
  /** The token with this key digest and its user, revoked or not. */
  findToken(keyDigest: string): Promise<{ readonly token: Token; readonly user: User } | undefined>
  findTokenById(id: string): Promise<Token | undefined>
  listTokens(userId: number): Promise<readonly Token[]>
}
export interface UserWrites extends UserReads {
  /** Locks the user's row until the end of the transaction and reads it. */
  lock(id: number): Promise<User | undefined>
  /** Throws `already_exists` when the username is taken. */
  insert(user: User): Promise<void>
  /** Writes back what can change: display name, email, admin, removedAt. */
  update(user: User): Promise<void>
  insertToken(token: Token): Promise<void>
  revokeToken(id: string, time: Micros): Promise<void>
  /** When it was last used, as far as it is kept. */
  touchToken(id: string, time: Micros): Promise<void>
}
