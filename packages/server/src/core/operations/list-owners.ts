import type { Actor } from '../model/actor.ts'
import type { Owner, OwnerKind } from '../model/owner.ts'
import { checkPageSize, type Page, pageOf } from '../model/page.ts'
import type { Registry } from '../registry.ts'
import { isAllowed } from '../rules/access.ts'

/**
 * Projects or registries that the actor may see, in order of id: of one entity, or (for an
 * administrator) of all. An entity that is not there, or not theirs to see, owns nothing.
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
  const { kind, after, limit } = input
  return registry.metadata.read(async (tx) => {
    const named = input.entityName === null ? undefined : await tx.entities.find(input.entityName)
    const entityId = named?.id ?? (input.entityName === null && actor.admin ? null : undefined)
    const seen = entityId === undefined ? actor.entityId : entityId
    const foreign =
      (input.entityName !== null && named === undefined) ||
      (seen !== null && !isAllowed(actor, 'read', { entityId: seen }))
    if (foreign) return { items: [], next: null }
    const rows = await tx.owners.list({ kind, entityId: seen, after, limit: limit + 1 })
    return pageOf(rows, limit, (owner) => owner.id)
  })
}
