import { MAX_EXAMINED_PER_PAGE, MAX_EXAMINED_PER_STATEMENT } from '../limits.ts'
import type { Actor } from '../model/actor.ts'
import type { Collection } from '../model/collection.ts'
import type { Filter } from '../model/filter.ts'
import type { Owner } from '../model/owner.ts'
import { checkPageSize, type Page } from '../model/page.ts'
import type { ReadTx, Registry } from '../registry.ts'
import { keyAt, placeOfKey, type SearchKey, searchIn } from './search-versions.ts'
import type { Member } from './steps/members.ts'
import {
  checkCollectionFilter,
  checkMemberFilter,
  checkOwnerFilter,
  isWanted,
  registriesOf,
  type SearchPlace,
} from './steps/searched.ts'

export interface SearchLinkedVersionsInput {
  /** The organization's entity. */
  readonly entityName: string
  readonly registries: Filter
  readonly collections: Filter
  /**
   * By `id`, `version`, `alias`, `tag`, `description`, `size`, `fileCount`, `createdAt`,
   * `updatedAt`, `linkedAt`, `metadata` and `metadata.<path>`.
   */
  readonly filter: Filter
  readonly after: SearchPlace | null
  readonly limit: number
}

/**
 * Versions in an organization's registries, by registry, collection name and number, the newest
 * first. A page looks at a bounded number of collections and versions: it may hold fewer than
 * `limit`, even none, and still have a next one. Throws `request_invalid`.
 */
export async function searchLinkedVersions(
  registry: Registry,
  actor: Actor,
  input: SearchLinkedVersionsInput,
): Promise<Page<Member, SearchPlace>> {
  checkPageSize(input.limit)
  checkOwnerFilter(input.registries)
  checkCollectionFilter(input.collections)
  checkMemberFilter(input.filter)
  return registry.metadata.read(async (tx) => {
    const owners = await registriesOf(tx, actor, input.entityName, input.registries)
    return walk(tx, actor, owners, input)
  })
}

/** What a page has, how much it cost, and where it stands. */
interface Walked {
  readonly items: Member[]
  examined: number
  /** Owner and collection name; in the middle of a collection the key of its last member, too. */
  place: SearchPlace | null
}

async function walk(
  tx: ReadTx,
  actor: Actor,
  owners: readonly Owner[],
  input: SearchLinkedVersionsInput,
): Promise<Page<Member, SearchPlace>> {
  const walked: Walked = { items: [], examined: 0, place: input.after }
  const [fromOwner = 0, fromName = '', ...fromKey] = input.after ?? []
  for (const owner of owners.filter(({ id }) => id >= Number(fromOwner))) {
    if (isOver(walked, input)) return { items: walked.items, next: walked.place }
    let name = owner.id === fromOwner ? String(fromName) : ''
    walked.place = [owner.id, name]
    if (owner.id === fromOwner && fromKey.length > 0) {
      const begun = await tx.collections.find(owner.id, name)
      if (begun !== undefined) await walkMembers(tx, owner, begun, input, walked, fromKey)
    }
    let rows: readonly Collection[]
    do {
      if (isOver(walked, input)) return { items: walked.items, next: walked.place }
      const page = { ownerId: owner.id, artifactType: null, after: name }
      rows = await tx.collections.list({ ...page, limit: MAX_EXAMINED_PER_STATEMENT })
      for (const collection of rows) {
        if (isOver(walked, input)) return { items: walked.items, next: walked.place }
        name = collection.name
        walked.place = [owner.id, name]
        if (isWanted(actor, owner, collection, input.collections))
          await walkMembers(tx, owner, collection, input, walked, [])
      }
      // An owner without any costs a look, too.
      walked.examined += rows.length + 1
    } while (rows.length === MAX_EXAMINED_PER_STATEMENT)
  }
  return { items: walked.items, next: isInside(walked) ? walked.place : null }
}

/** Goes on until the collection's end, or until the page is over: then the place is inside. */
async function walkMembers(
  tx: ReadTx,
  owner: Owner,
  collection: Collection,
  input: SearchLinkedVersionsInput,
  walked: Walked,
  fromKey: SearchPlace,
): Promise<void> {
  let after: SearchKey | null = fromKey.length === 0 ? null : keyAt(fromKey)
  do {
    const { items, next }: Page<Member, SearchKey> = await searchIn(
      tx,
      { owner, collection },
      {
        conditions: [],
        filter: input.filter,
        sort: null,
        after,
        limit: input.limit - walked.items.length,
      },
    )
    walked.items.push(...items)
    walked.examined += next === null ? SHORT_LOOK : FULL_LOOK
    walked.place = [owner.id, collection.name, ...(next === null ? [] : placeOfKey(next))]
    after = next
  } while (after !== null && !isOver(walked, input))
}

/**
 * What a look into a collection costs, in collections: one that reaches its end, and one of 500.
 */
const SHORT_LOOK = 10
const FULL_LOOK = 2_500

function isInside({ place }: Walked): boolean {
  return place !== null && place.length > 2
}

function isOver({ items, examined }: Walked, { limit }: SearchLinkedVersionsInput): boolean {
  return items.length === limit || examined >= MAX_EXAMINED_PER_PAGE
}
