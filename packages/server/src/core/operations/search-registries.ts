import type { Actor } from '../model/actor.ts'
import type { Filter } from '../model/filter.ts'
import type { Owner } from '../model/owner.ts'
import { checkPageSize, type Page } from '../model/page.ts'
import type { Registry } from '../registry.ts'
import {
  checkOwnerFilter,
  type Order,
  pageInOrder,
  registriesOf,
  type SearchPlace,
} from './steps/searched.ts'

export type { Order, SearchPlace } from './steps/searched.ts'

/**
 * An organization's registries that the actor may see, by their fields (`id`, `name`, `entityId`,
 * `description`, `createdAt`, `updatedAt`); without an order in order of id. An organization has
 * few: all are read for each page. Throws `request_invalid`.
 */
export async function searchRegistries(
  registry: Registry,
  actor: Actor,
  input: {
    /** The organization's entity. */
    readonly entityName: string
    readonly filter: Filter
    readonly order: Order | null
    readonly after: SearchPlace | null
    readonly limit: number
  },
): Promise<Page<Owner, SearchPlace>> {
  checkPageSize(input.limit)
  checkOwnerFilter(input.filter)
  const { order, after, limit } = input
  return registry.metadata.read(async (tx) => {
    const owners = await registriesOf(tx, actor, input.entityName, input.filter)
    const placeOf = (owner: Owner) => (order === null ? [owner.id] : [owner[order.field], owner.id])
    return pageInOrder(owners, placeOf, order?.direction ?? 'asc', after, limit)
  })
}
