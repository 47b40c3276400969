import type { Actor } from '../model/actor.ts'
import type { Member } from '../model/member.ts'
import { checkPageSize, type Page, pageOf } from '../model/page.ts'
import type { Registry } from '../registry.ts'
import { getPlace, type PlaceRef } from './steps/places.ts'

/**
 * Members of a team, an organization, a project or a registry, in order of their entities' ids, for
 * whoever may see it: those that are named there, not those who may by another role.
 *
 * Throws `not_found`, `owner_not_found`, `request_invalid`.
 */
export async function listMembers(
  registry: Registry,
  actor: Actor,
  input: { readonly place: PlaceRef; readonly after: number; readonly limit: number },
): Promise<Page<Member, number>> {
  checkPageSize(input.limit)
  const { after, limit } = input
  return registry.metadata.read(async (tx) => {
    const { place } = await getPlace(tx, actor, input.place, 'read')
    const rows = await tx.members.list({ place, after, limit: limit + 1 })
    return pageOf(rows, limit, ({ principalId }) => principalId)
  })
}
