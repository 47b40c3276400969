import { RegistryError } from '../errors.ts'
import type { Actor, User } from '../model/actor.ts'
import type { Role } from '../model/role.ts'
import type { Registry } from '../registry.ts'
import { insertUser } from './steps/accounts.ts'
import { getPlace, type PlaceRef } from './steps/places.ts'

/**
 * Makes an account for a program, as a member of a team or an organization: where its projects are
 * when it names none. It acts by tokens alone.
 *
 * Throws `not_found`, `forbidden`, `name_invalid`, `already_exists`, `request_invalid`.
 */
export async function createServiceAccount(
  registry: Registry,
  actor: Actor,
  input: {
    readonly name: string
    readonly displayName?: string
    readonly home: Exclude<PlaceRef, { readonly kind: 'owner' }>
    readonly role: Role
  },
): Promise<User> {
  const { name: username, displayName = username, role } = input
  if (role === 'restricted_viewer')
    throw new RegistryError('request_invalid', 'Only registries and projects have this role.')
  return registry.metadata.transaction(async (tx) => {
    const { place, organization } = await getPlace(tx, actor, input.home, 'administer')
    const fields = { username, displayName, email: null, admin: false }
    return insertUser(registry, tx, actor, fields, { organization, entityId: place.id, role })
  })
}
