import type { Actor, User } from '../model/actor.ts'
import type { Role } from '../model/role.ts'
import type { Registry } from '../registry.ts'
import { checkAdministrator, insertUser } from './steps/accounts.ts'
import { getOrganization } from './steps/places.ts'

/**
 * Makes a user with an entity of the same name, who is a member of an organization.
 *
 * Throws `forbidden`, `not_found` (the organization), `name_invalid`, `already_exists`.
 */
export async function createUser(
  registry: Registry,
  actor: Actor,
  input: Pick<User, 'username' | 'admin'> & {
    readonly displayName?: string
    readonly email?: string | null
    /** By its entity's name; the first one where none is named. */
    readonly organization?: string
    /** In the organization. */
    readonly role?: Role
  },
): Promise<User> {
  checkAdministrator(actor)
  return registry.metadata.transaction(async (tx) => {
    const organization = await getOrganization(tx, input.organization)
    const { username, displayName = username, email = null, admin } = input
    const role = input.role ?? (admin ? 'admin' : 'member')
    return insertUser(
      registry,
      tx,
      actor,
      { username, displayName, email, admin },
      { organization, entityId: null, role },
    )
  })
}
