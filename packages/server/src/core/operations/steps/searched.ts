import { RegistryError } from '../../errors.ts'
import { MAX_ITEMS_PER_PAGE, MAX_SORTED_PER_SEARCH } from '../../limits.ts'
import type { Actor } from '../../model/actor.ts'
import type { Collection } from '../../model/collection.ts'
import { METADATA_PREFIX } from '../../model/field.ts'
import type { Filter, FilterValue } from '../../model/filter.ts'
import type { Owner } from '../../model/owner.ts'
import type { Page } from '../../model/page.ts'
import type { ReadTx } from '../../registry.ts'
import { isAllowed } from '../../rules/access.ts'
import { checkFilter, meets, type ValuesOf } from '../../rules/filter.ts'
import type { Member } from './members.ts'

/** By what registries and collections can be put in order; what is equal comes in order of id. */
export interface Order {
  readonly field: 'name' | 'createdAt' | 'updatedAt'
  readonly direction: 'asc' | 'desc'
}

/** Where a search goes on: the value of the order, if there is one, then what tells rows apart. */
export type SearchPlace = readonly (string | number)[]

const OWNER_FIELDS = ['id', 'name', 'entityId', 'description', 'createdAt', 'updatedAt']
const COLLECTION_FIELDS = ['id', 'name', 'type', 'tag', 'description', 'createdAt', 'updatedAt']
const MEMBER_FIELDS = [
  ...['id', 'version', 'alias', 'tag', 'description', 'metadata'],
  ...['size', 'fileCount', 'createdAt', 'updatedAt', 'linkedAt'],
]

export function checkOwnerFilter(filter: Filter): void {
  checkFilter(filter, (field) => OWNER_FIELDS.includes(field))
}

export function checkCollectionFilter(filter: Filter): void {
  checkFilter(filter, (field) => COLLECTION_FIELDS.includes(field))
}

export function checkMemberFilter(filter: Filter): void {
  checkFilter(filter, (field) => MEMBER_FIELDS.includes(field) || field.startsWith(METADATA_PREFIX))
}

function valuesOfOwner(owner: Owner): ValuesOf {
  return (field) =>
    valuesIn(
      {
        id: owner.id,
        name: owner.name,
        entityId: owner.entityId,
        description: owner.description,
        createdAt: owner.createdAt,
        updatedAt: owner.updatedAt,
      },
      field,
    )
}

function valuesOfCollection(collection: Collection): ValuesOf {
  return (field) =>
    field === 'tag'
      ? collection.tags
      : valuesIn(
          {
            id: collection.id,
            name: collection.name,
            type: collection.artifactType,
            description: collection.description,
            createdAt: collection.createdAt,
            updatedAt: collection.updatedAt,
          },
          field,
        )
}

/** Whether the actor may see a collection, and a filter wants it. */
export function isWanted(
  actor: Actor,
  owner: Owner,
  collection: Collection,
  filter: Filter,
): boolean {
  const { name } = collection
  return (
    isAllowed(actor, 'read', owner, { collection: name }) &&
    meets(filter, valuesOfCollection(collection))
  )
}

/** A version is known by its number and by `v` and its number. */
export function valuesOfMember({ membership, version, aliases }: Member): ValuesOf {
  return (field) => {
    switch (field) {
      case 'version':
        return [membership.index, `v${membership.index}`]
      case 'alias':
        return aliases
      case 'tag':
        return version.tags
      case 'metadata':
        return version.metadata === '{}' ? [] : [version.metadata]
    }
    if (field.startsWith(METADATA_PREFIX))
      return valuesAt(JSON.parse(version.metadata), field.slice(METADATA_PREFIX.length).split('.'))
    return valuesIn(
      {
        id: version.id,
        description: version.description,
        size: version.size,
        fileCount: version.fileCount,
        createdAt: version.createdAt,
        updatedAt: version.updatedAt,
        linkedAt: membership.createdAt,
      },
      field,
    )
  }
}

function valuesIn(row: Readonly<Record<string, FilterValue | null>>, field: string) {
  const value = row[field] ?? null
  return value === null ? [] : [value]
}

/** The scalars at a path of metadata; those in a list are several values. */
function valuesAt(value: unknown, path: readonly string[]): readonly FilterValue[] {
  const [key, ...rest] = path
  if (key !== undefined) {
    const isObject = typeof value === 'object' && value !== null && Object.hasOwn(value, key)
    return isObject ? valuesAt((value as Readonly<Record<string, unknown>>)[key], rest) : []
  }
  const values: readonly unknown[] = Array.isArray(value) ? value : [value]
  return values.filter((each) =>
    ['string', 'number', 'boolean'].includes(typeof each),
  ) as FilterValue[]
}

/** An organization's registries that the actor may see and a filter wants, in order of id. */
export async function registriesOf(
  tx: ReadTx,
  actor: Actor,
  entityName: string,
  filter: Filter,
): Promise<readonly Owner[]> {
  const entity = await tx.entities.find(entityName)
  if (entity?.kind !== 'organization') return []
  const found: Owner[] = []
  let looked = 0
  for (let after = 0; ; ) {
    const page = {
      kind: 'registry',
      entityId: entity.id,
      after,
      limit: MAX_ITEMS_PER_PAGE,
    } as const
    const owners = await tx.owners.list(page)
    for (const owner of owners)
      if (isAllowed(actor, 'read', owner) && meets(filter, valuesOfOwner(owner))) found.push(owner)
    const last = owners.at(-1)
    if (last === undefined || owners.length < MAX_ITEMS_PER_PAGE) return found
    after = last.id
    looked = checkSortable(looked + owners.length)
  }
}

/** Throws `request_invalid` when there is more than can be read to be put in order. */
export function checkSortable(rows: number): number {
  if (rows <= MAX_SORTED_PER_SEARCH) return rows
  throw new RegistryError(
    'request_invalid',
    `There are more than ${MAX_SORTED_PER_SEARCH} to put in order. Name fewer registries, or ` +
      'leave the order out.',
  )
}

/** Puts rows in order and gives the page behind a place. */
export function pageInOrder<Row>(
  rows: readonly Row[],
  placeOf: (row: Row) => SearchPlace,
  direction: Order['direction'],
  after: SearchPlace | null,
  limit: number,
): Page<Row, SearchPlace> {
  const placed = rows.map((row) => ({ row, place: placeOf(row) }))
  const inOrder = (one: SearchPlace, other: SearchPlace) => comparePlaces(one, other, direction)
  const sorted = placed.sort((one, other) => inOrder(one.place, other.place))
  const behind = after === null ? sorted : sorted.filter(({ place }) => inOrder(place, after) > 0)
  const items = behind.slice(0, limit)
  return {
    items: items.map(({ row }) => row),
    next: behind.length > limit ? (items.at(-1)?.place ?? null) : null,
  }
}

/** The direction is that of the first part alone. */
function comparePlaces(one: SearchPlace, other: SearchPlace, direction: Order['direction']) {
  for (const [at, left] of one.entries()) {
    const right = other[at]
    if (right === undefined || left === right) continue
    const order = left < right ? -1 : 1
    return at === 0 && direction === 'desc' ? -order : order
  }
  return 0
}
