import type { Actor } from '../model/actor.ts'
import type { OwnerRef } from '../model/owner.ts'
import { checkPageSize, type Page, pageOf } from '../model/page.ts'
import type { Registry } from '../registry.ts'
import type { GrantView } from './create-grant.ts'
import { getOwner } from './steps/owners.ts'

/**
 * Grants in a project or registry, oldest first, for its admins. Throws `owner_not_found`,
 * `forbidden`, `request_invalid`.
 */
export async function listGrants(
  registry: Registry,
  actor: Actor,
  input: { readonly owner: OwnerRef; readonly after: string; readonly limit: number },
): Promise<Page<GrantView, string>> {
  checkPageSize(input.limit)
  const { after, limit } = input
  return registry.metadata.read(async (tx) => {
    const owner = await getOwner(tx, actor, input.owner, 'administer')
    const rows = await tx.grants.list({ ownerId: owner.id, after, limit: limit + 1 })
    const { items, next } = pageOf(rows, limit, ({ id }) => id)
    const principals = await tx.entities.findMany(items.map(({ principalId }) => principalId))
    const byId = new Map(principals.map((principal) => [principal.id, principal]))
    const views = items.flatMap((grant) => {
      const principal = byId.get(grant.principalId)
      return principal === undefined ? [] : [{ grant, principal }]
    })
    return { items: views, next }
  })
}
