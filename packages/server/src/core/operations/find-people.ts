import { RegistryError } from '../errors.ts'
import { MAX_ITEMS_PER_PAGE } from '../limits.ts'
import type { Actor } from '../model/actor.ts'
import type { Registry } from '../registry.ts'
import { type Person, personOf } from './steps/people.ts'

export type { Person } from './steps/people.ts'

/**
 * Users and service accounts by name: for who has their names from a list that they may see. Names
 * of nobody, or of who was removed, are left out. Throws `too_large`.
 */
export async function findPeople(
  registry: Registry,
  actor: Actor,
  input: { readonly usernames: readonly string[] },
): Promise<ReadonlyMap<string, Person>> {
  if (input.usernames.length > MAX_ITEMS_PER_PAGE)
    throw new RegistryError('too_large', `One call names at most ${MAX_ITEMS_PER_PAGE} people.`)
  return registry.metadata.read(async (tx) => {
    const people = new Map<string, Person>()
    for (const username of new Set(input.usernames)) {
      const user = await tx.users.find(username)
      if (user?.removedAt === null) people.set(username, await personOf(tx, actor, user))
    }
    return people
  })
}
