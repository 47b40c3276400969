import { MAX_EXAMINED_PER_PAGE } from '../limits.ts'
import type { Actor } from '../model/actor.ts'
import type { Owner, OwnerKind } from '../model/owner.ts'
import { checkPageSize, type Page, pageOf } from '../model/page.ts'
import type { ReadTx, Registry } from '../registry.ts'
import { isAllowed } from '../rules/access.ts'

/**
 * Projects or registries that the actor may see, in order of id: of one entity, or of all. An
 * entity that is not there, or not theirs to see, owns nothing.
 */
export async function listOwners(
  registry: Registry,
  actor: Actor,
  input: {
    readonly kind: OwnerKind
    readonly entityName: string | null
    readonly after: number
    readonly limit: number
  },
): Promise<Page<Owner, number>> {
  checkPageSize(input.limit)
  const { kind, after: start, limit } = input
  return registry.metadata.read(async (tx) => {
    const entity = input.entityName === null ? null : await tx.entities.find(input.entityName)
    if (entity === undefined) return { items: [], next: null }
    const items: Owner[] = []
    let after = start
    for (let examined = 0; examined < MAX_EXAMINED_PER_PAGE; ) {
      const part = await nextOwners(tx, actor, kind, entity?.id ?? null, after, limit + 1)
      items.push(...part.owners.filter((owner) => isAllowed(actor, 'read', owner)))
      if (items.length > limit || part.upTo === null)
        return pageOf(items.slice(0, limit + 1), limit, (owner) => owner.id)
      examined += part.owners.length
      after = part.upTo
    }
    return { items, next: after }
  })
}

/**
 * Owners that the actor may have a right on, in order of id; `upTo` is how far that is all of them,
 * null when there are no more. An administrator walks all; anybody else the few entities and owners
 * that their rights name.
 */
async function nextOwners(
  tx: ReadTx,
  actor: Actor,
  kind: OwnerKind,
  entityId: number | null,
  after: number,
  limit: number,
): Promise<{ readonly owners: readonly Owner[]; readonly upTo: number | null }> {
  if (actor.admin) return cut([await tx.owners.list({ kind, entityId, after, limit })], limit)
  const { entityRoles, ownerRoles, grants } = actor.rights
  const ids = [...new Set([...ownerRoles.keys(), ...grants.keys()])].filter((id) => id > after)
  const named = (await tx.owners.findMany(ids)).filter(
    (owner) =>
      owner.kind === kind &&
      (entityId === null || owner.entityId === entityId) &&
      !entityRoles.has(owner.entityId),
  )
  const lists: (readonly Owner[])[] = []
  for (const id of entityRoles.keys())
    if (entityId === null || entityId === id)
      lists.push(await tx.owners.list({ kind, entityId: id, after, limit }))
  const { owners, upTo } = cut(lists, limit)
  const here = named.filter(({ id }) => upTo === null || id <= upTo)
  return { owners: [...owners, ...here].sort((a, b) => a.id - b.id), upTo }
}

/** Several lists as one, as far as all of them reach. */
function cut(
  lists: readonly (readonly Owner[])[],
  limit: number,
): { readonly owners: readonly Owner[]; readonly upTo: number | null } {
  const ends = lists.flatMap((list) => (list.length < limit ? [] : (list.at(-1)?.id ?? [])))
  const upTo = ends.length === 0 ? null : Math.min(...ends)
  const owners = lists
    .flat()
    .filter(({ id }) => upTo === null || id <= upTo)
    .sort((a, b) => a.id - b.id)
  return { owners, upTo }
}
