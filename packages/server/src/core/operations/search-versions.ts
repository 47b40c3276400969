import { RegistryError } from '../errors.ts'
import {
  MAX_CONDITIONS_PER_SEARCH,
  MAX_EXAMINED_PER_PAGE,
  MAX_EXAMINED_PER_STATEMENT,
} from '../limits.ts'
import type { Actor } from '../model/actor.ts'
import type { CollectionRef } from '../model/collection.ts'
import { type Condition, type FieldKey, fieldOf, METADATA_PREFIX } from '../model/field.ts'
import type { Filter } from '../model/filter.ts'
import { checkPageSize, type Page } from '../model/page.ts'
import type { Examined, ReadTx, Registry } from '../registry.ts'
import { meets } from '../rules/filter.ts'
import { getCollectionOf, type OwnedCollection } from './steps/collections.ts'
import { type Member, membersOf } from './steps/members.ts'
import { checkMemberFilter, type SearchPlace, valuesOfMember } from './steps/searched.ts'

export interface SearchVersionsInput {
  readonly collection: CollectionRef
  /** All must hold. One on `createdBy` names the user. */
  readonly conditions: readonly Condition[]
  /** What the conditions cannot say; judged for each version that they let through. */
  readonly filter?: Filter
  /**
   * Null: newest first. `index` is the number. Versions without the field come last, newest first.
   */
  readonly sort: { readonly path: string; readonly direction: 'asc' | 'desc' } | null
  readonly after: SearchKey | null
  readonly limit: number
}

/** Where a search goes on; `rest` walks the versions that lack the sorted field. */
export interface SearchKey {
  readonly walk: 'newest' | 'oldest' | 'sorted' | 'rest'
  readonly key: FieldKey
}

/** The same as a list, as it stands in a cursor. */
export function placeOfKey({ walk, key }: SearchKey): SearchPlace {
  return [walk, key.index, key.kind, key.number, key.text]
}

export function keyAt([walk, index, kind, number, text]: SearchPlace): SearchKey {
  const key = { index: Number(index), number: Number(number), text: String(text) }
  return { walk: walk as SearchKey['walk'], key: { ...key, kind: kind === 0 ? 0 : 1 } }
}

/**
 * Versions of a collection by their fields. A page looks at a bounded number of members: it may
 * hold fewer than `limit` and still have a next one.
 *
 * Throws `owner_not_found`, `collection_not_found`, `request_invalid`.
 */
export async function searchVersions(
  registry: Registry,
  actor: Actor,
  input: SearchVersionsInput,
): Promise<OwnedCollection & { readonly page: Page<Member, SearchKey> }> {
  checkPageSize(input.limit)
  if (input.conditions.length > MAX_CONDITIONS_PER_SEARCH)
    throw new RegistryError(
      'request_invalid',
      `A search has at most ${MAX_CONDITIONS_PER_SEARCH} conditions.`,
    )
  if (input.filter !== undefined) checkMemberFilter(input.filter)
  return registry.metadata.read(async (tx) => {
    const owned = await getCollectionOf(tx, actor, input.collection, 'read')
    const conditions = await withUserIds(tx, input.conditions)
    return { ...owned, page: await searchIn(tx, owned, { ...input, conditions }) }
  })
}

/**
 * One page of a search in a collection; with a filter it may be empty and yet have a next one.
 */
export async function searchIn(
  tx: ReadTx,
  { owner, collection }: OwnedCollection,
  input: Omit<SearchVersionsInput, 'collection'>,
): Promise<Page<Member, SearchKey>> {
  const { filter, limit } = input
  if (filter !== undefined) return searchFiltered(tx, { owner, collection }, { ...input, filter })
  const { places, next } = await search(tx, collection.id, input, limit)
  return { items: [...(await membersAt(tx, { owner, collection }, places)).values()], next }
}

async function searchFiltered(
  tx: ReadTx,
  owned: OwnedCollection,
  input: Omit<SearchVersionsInput, 'collection'> & { readonly filter: Filter },
): Promise<Page<Member, SearchKey>> {
  const { filter, limit } = input
  const conditions = [...input.conditions, ...conditionsIn(filter)]
  const narrowed = { ...input, conditions: conditions.slice(0, MAX_CONDITIONS_PER_SEARCH) }
  const id = owned.collection.id
  const { places, next } = await search(tx, id, narrowed, MAX_EXAMINED_PER_STATEMENT)
  const members = await membersAt(tx, owned, places)
  const items: Member[] = []
  for (const [at, place] of places.entries()) {
    const member = members.get(place.key.index)
    if (member === undefined || !meets(filter, valuesOfMember(member))) continue
    items.push(member)
    const isLast = at === places.length - 1 && next === null
    if (items.length === limit && !isLast) return { items, next: place }
  }
  return { items, next }
}

/** In the order of the places, by index. */
async function membersAt(
  tx: ReadTx,
  { owner, collection }: OwnedCollection,
  places: readonly SearchKey[],
): Promise<ReadonlyMap<number, Member>> {
  const indices = places.map(({ key }) => key.index)
  const found = await tx.memberships.findMany(collection.id, indices)
  const byIndex = new Map(found.map((member) => [member.index, member]))
  const memberships = indices.flatMap((index) => byIndex.get(index) ?? [])
  const members = await membersOf(tx, owner, collection, memberships)
  return new Map(members.map((member) => [member.membership.index, member]))
}

/** What every row that meets the filter must meet, and an index finds. */
function conditionsIn(filter: Filter): readonly Condition[] {
  if (filter.kind === 'all') return filter.of.flatMap(conditionsIn)
  if (filter.kind !== 'field' || filter.test !== 'in') return []
  const [value, ...others] = filter.values
  const { field: path } = filter
  const isIndexed = path === 'alias' || path === 'tag' || path.startsWith(METADATA_PREFIX)
  if (!isIndexed || value === undefined || others.length > 0) return []
  return [{ path, comparison: 'eq', value }]
}

/** Users are kept by id; a name that nobody has is an id that nobody has. */
async function withUserIds(
  tx: ReadTx,
  conditions: readonly Condition[],
): Promise<readonly Condition[]> {
  const named: Condition[] = []
  for (const condition of conditions) {
    const { path, value } = condition
    const isName = path === 'createdBy' && typeof value === 'string'
    const id = isName ? ((await tx.users.find(value))?.id ?? -1) : value
    named.push({ ...condition, value: id })
  }
  return named
}

/** Reads on from where the last statement stopped; fewer rows than asked for end the walk. */
interface Walk {
  readonly name: SearchKey['walk']
  readonly read: (after: FieldKey | null, limit: number) => Promise<readonly Examined[]>
  readonly next: Walk | null
}

async function search(
  tx: ReadTx,
  collectionId: string,
  input: Omit<SearchVersionsInput, 'collection'>,
  limit: number,
): Promise<{ readonly places: readonly SearchKey[]; readonly next: SearchKey | null }> {
  const places: SearchKey[] = []
  let walk: Walk | null = walkOf(tx, collectionId, input)
  let after: FieldKey | null = null
  if (input.after !== null) {
    const asked: SearchKey = input.after
    if (walk.name !== asked.walk) walk = walk.next
    if (walk?.name !== asked.walk)
      throw new RegistryError('cursor_invalid', 'The cursor is not one of this search.')
    after = asked.key
  }
  let examined = 0
  // Where all match, no more is read than is asked for; where few do, more and more at once.
  let step = Math.min(input.limit, MAX_EXAMINED_PER_STATEMENT)
  while (walk !== null) {
    const rows: readonly Examined[] = await walk.read(after, step)
    for (const { key, matches } of rows) {
      examined += 1
      after = key
      if (matches) places.push({ walk: walk.name, key })
      if (places.length === limit || examined === MAX_EXAMINED_PER_PAGE)
        return { places, next: { walk: walk.name, key } }
    }
    if (rows.length < step) {
      walk = walk.next
      after = null
    }
    step = Math.min(2 * step, MAX_EXAMINED_PER_STATEMENT)
  }
  return { places, next: null }
}

function walkOf(
  tx: ReadTx,
  collectionId: string,
  input: Pick<SearchVersionsInput, 'conditions' | 'sort'>,
): Walk {
  const { conditions, sort } = input
  const newest = (name: 'newest' | 'rest', wanted: readonly Condition[]): Walk => ({
    name,
    read: (after, limit) =>
      tx.fields.walkNewest({
        collectionId,
        before: after?.index ?? null,
        conditions: wanted,
        limit,
      }),
    next: null,
  })
  if (sort === null) {
    const borne = conditions.find((each) => each.path === 'alias' && each.comparison === 'eq')
    if (borne !== undefined) return walkBearers(tx, collectionId, conditions, borne)
    const equal = conditions.find((each) => each.comparison === 'eq' && each.path !== 'alias')
    return equal === undefined
      ? newest('newest', conditions)
      : walkEqual(tx, collectionId, conditions, equal)
  }
  if (sort.path === 'index')
    return sort.direction === 'desc'
      ? newest('newest', conditions)
      : walkOldest(tx, collectionId, conditions)
  const lacking = { path: sort.path, comparison: 'missing' as const, value: null }
  return {
    name: 'sorted',
    read: (after, limit) =>
      tx.fields.walkSorted({ collectionId, ...sort, after, conditions, limit }),
    next: newest('rest', [...conditions, lacking]),
  }
}

function walkOldest(tx: ReadTx, collectionId: string, conditions: readonly Condition[]): Walk {
  return {
    name: 'oldest',
    read: (key, limit) => {
      const after = key?.index ?? null
      return tx.fields.walkOldest({ collectionId, after, conditions, limit })
    },
    next: null,
  }
}

/** Newest first among those that bear an alias. */
function walkBearers(
  tx: ReadTx,
  collectionId: string,
  conditions: readonly Condition[],
  borne: Condition,
): Walk {
  const alias = String(borne.value)
  return {
    name: 'newest',
    read: (after, limit) => {
      const before = after?.index ?? null
      return tx.fields.walkBearers({ collectionId, alias, before, conditions, limit })
    },
    next: null,
  }
}

/** Newest first among those with one value of one field: a stretch of that field's index. */
function walkEqual(
  tx: ReadTx,
  collectionId: string,
  conditions: readonly Condition[],
  equal: Condition,
): Walk {
  const { path, kind, number, text } = fieldOf(equal.path, equal.value ?? '')
  const top = { kind, number, text, index: Number.MAX_SAFE_INTEGER }
  return {
    name: 'newest',
    read: async (after, limit) => {
      const from = after ?? top
      const walk = { collectionId, path, after: from, conditions, limit }
      const rows = await tx.fields.walkSorted({ ...walk, direction: 'desc' })
      return rows.filter(
        ({ key }) => key.kind === kind && key.number === number && key.text === text,
      )
    },
    next: null,
  }
}
