import type { Actor } from '../model/actor.ts'
import type { Registry } from '../registry.ts'

/**
 * Who these user ids are; 0 is the registry itself. Names only: whoever may see what somebody made
 * may know who made it. Ids that mean nobody are left out.
 */
export async function findUsernames(
  registry: Registry,
  actor: Actor,
  input: { readonly ids: readonly number[] },
): Promise<ReadonlyMap<number, string>> {
  const known = new Map([
    [0, 'system'],
    [actor.userId, actor.username],
  ])
  const unknown = [...new Set(input.ids)].filter((id) => !known.has(id))
  if (unknown.length === 0) return Promise.resolve(known)
  return registry.metadata.read(async (tx) => {
    for (const user of await tx.users.findMany(unknown)) known.set(user.id, user.username)
    return known
  })
}
