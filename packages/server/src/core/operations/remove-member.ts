import { RegistryError } from '../errors.ts'
import type { Actor } from '../model/actor.ts'
import type { Entity, Organization } from '../model/owner.ts'
import type { Registry, Tx } from '../registry.ts'
import { isAllowed, isAllowedOnEntity } from '../rules/access.ts'
import { recordFact } from './steps/facts.ts'
import { forbidden } from './steps/owners.ts'
import {
  type FoundPlace,
  findPrincipal,
  getPlace,
  lockPrincipals,
  type PlaceRef,
  type PrincipalRef,
} from './steps/places.ts'

/**
 * Members leave a place; everybody may leave by themselves. Who leaves an organization leaves its
 * teams, registries and projects, too. Who is no member is passed over.
 *
 * Throws `not_found` (the place, or one that is nobody's name), `owner_not_found`, `forbidden`.
 */
export async function removeMember(
  registry: Registry,
  actor: Actor,
  input: { readonly place: PlaceRef; readonly principals: readonly PrincipalRef[] },
): Promise<void> {
  return registry.metadata.transaction(async (tx) => {
    const found = await getPlace(tx, actor, input.place, 'read')
    const me = await tx.users.findById(actor.userId)
    await lockPrincipals(tx, input.principals)
    for (const ref of input.principals) {
      const principal = await findPrincipal(tx, ref)
      if (principal === undefined)
        throw new RegistryError('not_found', 'There is no such user, team or service account.')
      if (principal.id !== me?.entityId) checkMayRemove(actor, found)
      const before = await tx.members.findRole(found.place, principal.id)
      if (before === undefined) continue
      await tx.members.remove(found.place, principal.id)
      if (found.kind === 'organization') await leaveAll(tx, principal, found.organization)
      await recordFact(registry, tx, actor, {
        kind: 'member.removed',
        ownerId: found.owner?.id ?? null,
        payload: { ...found.told, user: principal.name, from: before },
      })
    }
  })
}

function checkMayRemove(actor: Actor, { owner, place, organization }: FoundPlace): void {
  const may =
    owner === null
      ? [place.id, organization.entityId].some((id) => isAllowedOnEntity(actor, 'administer', id))
      : isAllowed(actor, 'administer', owner)
  if (!may) throw forbidden('administer', 'its members')
}

async function leaveAll(tx: Tx, principal: Entity, organization: Organization): Promise<void> {
  for (const each of await tx.members.entityRoles(principal.id))
    if (each.organizationId === organization.id)
      await tx.members.remove({ kind: 'entity', id: each.entityId }, principal.id)
  const roles = await tx.members.ownerRoles([principal.id])
  const grants = await tx.grants.listOfPrincipals([principal.id])
  const ids = [...roles, ...grants].map(({ ownerId }) => ownerId)
  const owners = await tx.owners.findMany([...new Set(ids)])
  const entities = await tx.entities.findMany(owners.map(({ entityId }) => entityId))
  const inside = new Set(
    entities.filter((each) => each.organizationId === organization.id).map(({ id }) => id),
  )
  const left = new Set(owners.filter((each) => inside.has(each.entityId)).map(({ id }) => id))
  for (const id of left) await tx.members.remove({ kind: 'owner', id }, principal.id)
  for (const { id, ownerId } of grants) if (left.has(ownerId)) await tx.grants.remove(id)
}
