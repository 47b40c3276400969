import { RegistryError } from '../errors.ts'
import type { Actor, User } from '../model/actor.ts'
import type { Registry } from '../registry.ts'
import { checkAdministrator, insertUser } from './steps/accounts.ts'

/**
 * Makes a user with an entity of the same name, in the first organization.
 *
 * Throws `forbidden`, `name_invalid`, `already_exists`.
 */
export async function createUser(
  registry: Registry,
  actor: Actor,
  input: Pick<User, 'username' | 'admin'> & {
    readonly displayName?: string
    readonly email?: string | null
  },
): Promise<User> {
  checkAdministrator(actor)
  return registry.metadata.transaction(async (tx) => {
    const [organization] = await tx.entities.listOrganizations()
    if (organization === undefined) throw new RegistryError('internal', 'No organization yet.')
    return insertUser(registry, tx, actor, {
      username: input.username,
      displayName: input.displayName ?? input.username,
      email: input.email ?? null,
      admin: input.admin,
      organizationId: organization.id,
    })
  })
}
