import type { Actor, User } from '../model/actor.ts'
import { checkPageSize, type Page, pageOf } from '../model/page.ts'
import type { Registry } from '../registry.ts'
import { getPlace, type PlaceRef } from './steps/places.ts'

/**
 * Service accounts at home in a team or an organization, in order of id, for its admins. Throws
 * `not_found`, `forbidden`, `request_invalid`.
 */
export async function listServiceAccounts(
  registry: Registry,
  actor: Actor,
  input: {
    readonly home: Exclude<PlaceRef, { readonly kind: 'owner' }>
    readonly after: number
    readonly limit: number
  },
): Promise<Page<User, number>> {
  checkPageSize(input.limit)
  const { after, limit } = input
  return registry.metadata.read(async (tx) => {
    const { place } = await getPlace(tx, actor, input.home, 'administer')
    const page = { kind: 'service_account', home: place.id, after, limit: limit + 1 } as const
    return pageOf(await tx.users.list(page), limit, ({ id }) => id)
  })
}
