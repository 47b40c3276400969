import { MAX_EXAMINED_PER_PAGE, MAX_EXAMINED_PER_STATEMENT } from '../limits.ts'
import type { Actor } from '../model/actor.ts'
import type { Collection } from '../model/collection.ts'
import type { Owner, OwnerRef } from '../model/owner.ts'
import { checkPageSize, type Page, pageOf } from '../model/page.ts'
import type { Micros } from '../model/time.ts'
import type { ReadTx, Registry } from '../registry.ts'
import { isAllowed } from '../rules/access.ts'
import { getOwner } from './steps/owners.ts'

/** What a collection must be; what is left out is not asked. */
export interface CollectionFilter {
  /** Its name has this in it; the case of A to Z does not matter. */
  readonly contains?: string
  /** Some version bears this alias here now. */
  readonly bears?: string
  /** The name of who made it. */
  readonly createdBy?: string
  /** Made from this time on, and up to that one, both included. */
  readonly since?: Micros
  readonly until?: Micros
}

export interface ListCollectionsInput {
  readonly owner: OwnerRef
  readonly artifactType?: string | null
  readonly filter?: CollectionFilter
  /** Names above this one. */
  readonly after: string
  readonly limit: number
}

/**
 * An owner's collections in order of name. A filtered page looks at a bounded number of them: it
 * may hold fewer than `limit` and still have a next one. Throws `owner_not_found`,
 * `request_invalid`.
 */
export async function listCollections(
  registry: Registry,
  actor: Actor,
  input: ListCollectionsInput,
): Promise<{ readonly owner: Owner; readonly page: Page<Collection, string> }> {
  checkPageSize(input.limit)
  const { filter = {}, after, limit } = input
  return registry.metadata.read(async (tx) => {
    const owner = await getOwner(tx, actor, input.owner, 'read')
    const isSeen = (name: string) => isAllowed(actor, 'read', owner, { collection: name })
    const asked = { ownerId: owner.id, artifactType: input.artifactType ?? null }
    if (Object.keys(filter).length > 0)
      return { owner, page: await examine(tx, isSeen, asked, filter, after, limit) }
    return { owner, page: await listSeen(tx, isSeen, asked, after, limit) }
  })
}

interface Asked {
  readonly ownerId: number
  readonly artifactType: string | null
}

/** Nearly always all are seen, and this is one statement. */
async function listSeen(
  tx: ReadTx,
  isSeen: (name: string) => boolean,
  asked: Asked,
  start: string,
  limit: number,
): Promise<Page<Collection, string>> {
  const items: Collection[] = []
  for (let after = start; ; ) {
    const rows = await tx.collections.list({ ...asked, after, limit: limit + 1 })
    items.push(...rows.filter(({ name }) => isSeen(name)))
    if (items.length > limit || rows.length <= limit)
      return pageOf(items.slice(0, limit + 1), limit, ({ name }) => name)
    after = rows.at(-1)?.name ?? after
  }
}

async function examine(
  tx: ReadTx,
  isSeen: (name: string) => boolean,
  asked: Asked,
  filter: CollectionFilter,
  start: string,
  limit: number,
): Promise<Page<Collection, string>> {
  const { contains = '', bears = null, createdBy, since = null, until = null } = filter
  const maker = createdBy === undefined ? undefined : await tx.users.find(createdBy)
  if (createdBy !== undefined && maker === undefined) return { items: [], next: null }
  const wanted = { contains, bears, createdBy: maker?.id ?? null, since, until }
  const found: string[] = []
  const pageTo = async (next: string | null) => ({ items: await inOrder(tx, found), next })
  let after = start
  for (let examined = 0; examined < MAX_EXAMINED_PER_PAGE; ) {
    const page = { ...asked, after, limit: MAX_EXAMINED_PER_STATEMENT }
    const rows = await tx.collections.examine(page, wanted)
    examined += rows.length
    for (const { name, wantedId } of rows) {
      if (found.length === limit) return pageTo(after)
      after = name
      if (wantedId !== null && isSeen(name)) found.push(wantedId)
    }
    if (rows.length < MAX_EXAMINED_PER_STATEMENT) return pageTo(null)
  }
  return pageTo(after)
}

async function inOrder(tx: ReadTx, ids: readonly string[]): Promise<readonly Collection[]> {
  const found = await tx.collections.findMany(ids)
  const byId = new Map(found.map((collection) => [collection.id, collection]))
  return ids.flatMap((id) => byId.get(id) ?? [])
}
