import { RegistryError } from '../../errors.ts'
import { MAX_PLACES_PER_MEMBER } from '../../limits.ts'
import type { Actor } from '../../model/actor.ts'
import type { MemberPlace } from '../../model/member.ts'
import type { Entity, EntityKind, Organization, Owner, OwnerRef } from '../../model/owner.ts'
import type { Role } from '../../model/role.ts'
import type { ReadTx, Registry, Tx } from '../../registry.ts'
import { type Action, isAllowedOnEntity, mayKnowOrganization } from '../../rules/access.ts'
import { forbidden, getOwner, ownerNotFound } from './owners.ts'

/** Where somebody is a member, by name: a team, an organization (its entity), an owner. */
export type PlaceRef =
  | { readonly kind: 'team'; readonly name: string }
  | { readonly kind: 'organization'; readonly name: string }
  | { readonly kind: 'owner'; readonly owner: OwnerRef }

export interface FoundPlace {
  readonly kind: PlaceRef['kind']
  readonly place: MemberPlace
  readonly organization: Organization
  /** Of an owner; null for a team or organization. */
  readonly owner: Owner | null
  /** What the stream calls it. */
  readonly told: Readonly<Record<string, unknown>>
}

/**
 * A place of members, for whoever may see it and do this there. Throws `not_found` (a team, an
 * organization), `owner_not_found`, `forbidden`.
 */
export async function getPlace(
  tx: ReadTx,
  actor: Actor,
  ref: PlaceRef,
  action: Action,
): Promise<FoundPlace> {
  if (ref.kind === 'owner') {
    const owner = await getOwner(tx, actor, ref.owner, action)
    const entity = await tx.entities.findById(owner.entityId)
    const organization = await organizationOf(tx, entity)
    const { kind, entityName, name } = owner
    const told = { kind, entity: entityName, name }
    return { kind: 'owner', place: { kind: 'owner', id: owner.id }, organization, owner, told }
  }
  const named = { kind: ref.kind, name: ref.name }
  if (ref.kind === 'organization') {
    const organization = await getOrganization(tx, ref.name, actor)
    if (!isAllowedOnEntity(actor, action, organization.entityId))
      throw forbidden(action, `the organization "${ref.name}"`)
    const place = { kind: 'entity', id: organization.entityId } as const
    const told = { ...named, ...concerning(place.id, organization) }
    return { kind: 'organization', place, organization, owner: null, told }
  }
  const { team, organization } = await getTeam(tx, actor, ref.name, action)
  const place = { kind: 'entity', id: team.id } as const
  const told = { ...named, ...concerning(team.id, organization) }
  return { kind: 'team', place, organization, owner: null, told }
}

/**
 * The same for a change of its members or grants: the place stays until the end of the transaction.
 */
export async function keepPlace(
  tx: Tx,
  actor: Actor,
  ref: PlaceRef,
  action: Action,
): Promise<FoundPlace> {
  const found = await getPlace(tx, actor, ref, action)
  const rows = found.place.kind === 'owner' ? tx.owners : tx.entities
  if (await rows.keep(found.place.id)) return found
  throw ref.kind === 'owner' ? ownerNotFound(ref.owner) : teamNotFound(ref.name)
}

/**
 * What an event that no owner has says of whom it concerns: who is in the team or organization, and
 * the admins of the organization (`rules/stream.ts`).
 */
export function concerning(
  entityId: number,
  organization: Pick<Organization, 'entityId'>,
): { readonly entityId: number; readonly organizationEntityId: number } {
  return { entityId, organizationEntityId: organization.entityId }
}

/** A team, for its members and for admins of its organization. Throws `not_found`, `forbidden`. */
export async function getTeam(
  tx: ReadTx,
  actor: Actor,
  name: string,
  action: Action,
): Promise<{ readonly team: Entity; readonly organization: Organization }> {
  const team = await tx.entities.find(name)
  const organization = team?.kind === 'team' ? await organizationOf(tx, team) : undefined
  const may = (asked: Action) =>
    team !== undefined &&
    organization !== undefined &&
    (isAllowedOnEntity(actor, asked, team.id) ||
      (isAllowedOnEntity(actor, 'administer', organization.entityId) && asked !== 'write'))
  if (team === undefined || organization === undefined || !may('read')) throw teamNotFound(name)
  if (!may(action)) throw forbidden(action, `the team "${name}"`)
  return { team, organization }
}

export function teamNotFound(name: string): RegistryError {
  return new RegistryError('not_found', `There is no team "${name}" that you may see.`)
}

/**
 * An organization by the name of its entity, or the first one where none is named; for whoever
 * belongs to it, when an actor is given. Throws `not_found`.
 */
export async function getOrganization(
  tx: ReadTx,
  name?: string,
  actor?: Actor,
): Promise<Organization> {
  const all = await tx.entities.listOrganizations()
  const known = all.filter(({ id }) => actor === undefined || mayKnowOrganization(actor, id))
  const found = name === undefined ? known[0] : known.find(({ entityName }) => entityName === name)
  if (found !== undefined) return found
  throw new RegistryError(
    'not_found',
    name === undefined
      ? 'You belong to no organization: ask an administrator to add you to one.'
      : `There is no organization "${name}" that you may see.`,
  )
}

async function organizationOf(tx: ReadTx, entity: Entity | undefined): Promise<Organization> {
  const organization = entity && (await tx.entities.findOrganization(entity.organizationId))
  if (organization === undefined) throw new Error(`${entity?.name} belongs to no organization`)
  return organization
}

/** Somebody by name, or by one of their ids. */
export type PrincipalRef =
  | { readonly name: string }
  | { readonly userId: number }
  | { readonly entityId: number }

/**
 * Whom a member or a grant names: somebody of the organization, or anybody where none is given.
 * Throws `not_found`, whoever is elsewhere, too.
 */
export async function getPrincipal(
  tx: ReadTx,
  ref: PrincipalRef,
  kinds: readonly EntityKind[],
  organization: Organization | null,
): Promise<Entity> {
  const entity = await findPrincipal(tx, ref)
  if (entity !== undefined && kinds.includes(entity.kind)) {
    if (organization === null || (await belongsTo(tx, entity, organization))) return entity
  }
  const said = 'name' in ref ? `"${ref.name}"` : 'of this id'
  const words = kinds.map((kind) => kind.replaceAll('_', ' ')).join(' or ')
  throw new RegistryError(
    'not_found',
    organization === null
      ? `There is no ${words} ${said}.`
      : `There is no ${words} ${said} in the organization "${organization.displayName}".`,
  )
}

async function belongsTo(tx: ReadTx, entity: Entity, organization: Organization): Promise<boolean> {
  if (entity.kind !== 'user') return entity.organizationId === organization.id
  const place = { kind: 'entity', id: organization.entityId } as const
  return (await tx.members.findRole(place, entity.id)) !== undefined
}

/** Undefined for who is not there, or was removed. */
export async function findPrincipal(tx: ReadTx, ref: PrincipalRef): Promise<Entity | undefined> {
  if ('name' in ref) return tx.entities.find(ref.name)
  const user = 'userId' in ref ? await tx.users.findById(ref.userId) : undefined
  const id = 'userId' in ref ? user?.entityId : ref.entityId
  const entity = id === undefined ? undefined : await tx.entities.findById(id)
  // By name nobody finds what was removed.
  return entity && tx.entities.find(entity.name)
}

/**
 * Locks them until the end of the transaction, in ascending id: whoever ends or leaves meanwhile
 * does so before what is read next, or after the change. Who is not there is passed over.
 */
export async function lockPrincipals(tx: Tx, refs: readonly PrincipalRef[]): Promise<void> {
  const ids = new Set<number>()
  for (const ref of refs) {
    const entity = await findPrincipal(tx, ref)
    if (entity !== undefined) ids.add(entity.id)
  }
  for (const id of [...ids].sort((a, b) => a - b)) await tx.entities.lock(id)
}

/** Throws `too_large` for somebody who is a member of too many places already. */
export async function putMember(
  registry: Registry,
  tx: Tx,
  place: MemberPlace,
  principalId: number,
  role: Role,
): Promise<void> {
  const before = await tx.members.findRole(place, principalId)
  const count = before === undefined ? await tx.members.count(place.kind, principalId) : 0
  if (count >= MAX_PLACES_PER_MEMBER)
    throw new RegistryError(
      'too_large',
      `Nobody is a member of more than ${MAX_PLACES_PER_MEMBER} places: make a team a member.`,
    )
  await tx.members.put(place, principalId, role, registry.now())
}

/** Whoever made something is its first admin; the registry itself is nobody's member. */
export async function addMaker(
  registry: Registry,
  tx: Tx,
  actor: Actor,
  place: MemberPlace,
): Promise<void> {
  const user = actor.userId === 0 ? undefined : await tx.users.findById(actor.userId)
  if (user !== undefined && (await tx.entities.keep(user.entityId)))
    await putMember(registry, tx, place, user.entityId, 'admin')
}
