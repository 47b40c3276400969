import type { Collection } from '../../core/model/collection.ts'
import { isEverything } from '../../core/model/filter.ts'
import type { Owner } from '../../core/model/owner.ts'
import { parseSelector } from '../../core/model/ref.ts'
import { findCollections } from '../../core/operations/find-collections.ts'
import { getCollection } from '../../core/operations/get-collection.ts'
import { getVersion } from '../../core/operations/get-version.ts'
import { listAliases } from '../../core/operations/list-aliases.ts'
import { listVersions, type Member } from '../../core/operations/list-versions.ts'
import { searchCollections } from '../../core/operations/search-collections.ts'
import { keyAt, placeOfKey, searchVersions } from '../../core/operations/search-versions.ts'
import { type Connection, dateTime, orNull, pageSize, wholeList } from './answers.ts'
import type { Call, FieldResolvers } from './call.ts'
import { COLLECTION_FIELDS, ORDERS, readFilter, readOrder, VERSION_FIELDS } from './filters.ts'
import { nodeId, readNodeId } from './node-ids.ts'
import { type SearchArguments, searchedList } from './searched.ts'

/**
 * A collection, or the one that a draft will make: then there is no row yet. Without an owner where
 * the asker may not see it.
 */
export interface CollectionSource {
  readonly owner: Owner | null
  readonly name: string
  readonly artifactType: string
  readonly collection: Collection | null
  /** Set in the answer to its own delete. */
  readonly deleted?: true
}

export interface AliasSource {
  readonly alias: string
  readonly in: CollectionSource
}

export interface ArtifactTypeSource {
  readonly owner: Owner | null
  readonly name: string
}

export function collectionSource(owner: Owner | null, collection: Collection): CollectionSource {
  return { owner, name: collection.name, artifactType: collection.artifactType, collection }
}

export async function findCollection(
  call: Call,
  owner: Owner,
  name: string,
): Promise<CollectionSource | null> {
  const found = await orNull(
    getCollection(call.app.registry, call.actor, { collection: { owner, name } }),
  )
  return found === null ? null : collectionSource(owner, found.collection)
}

/** A collection by the client's id for it. */
export async function collectionById(call: Call, id: string): Promise<CollectionSource | null> {
  const collectionId = readNodeId('ArtifactCollection', id)
  const found = await findCollections(call.app.registry, call.actor, { ids: [collectionId] })
  const owned = found.get(collectionId)
  return owned === undefined ? null : collectionSource(owned.owner, owned.collection)
}

/** A collection's member by `vN` or an alias; none where there is no such thing. */
export async function findMember(
  call: Call,
  owner: Owner,
  collectionName: string,
  selector: string,
): Promise<Member | null> {
  const { registry } = call.app
  // In a function of its own: a selector that cannot be read names nothing either.
  const find = async () =>
    getVersion(registry, call.actor, {
      collection: { owner, name: collectionName },
      selector: parseSelector(selector),
    })
  return orNull(find())
}

/** `collection:selector` as the client joins it, cut at the first colon; without one, `latest`. */
export function findMemberByName(call: Call, owner: Owner, name: string): Promise<Member | null> {
  const colon = name.indexOf(':')
  if (colon === -1) return findMember(call, owner, name, '')
  return findMember(call, owner, name.slice(0, colon), name.slice(colon + 1))
}

/** An artifact type that a collection of this owner has. */
export async function findArtifactType(
  call: Call,
  owner: Owner,
  name: string,
): Promise<ArtifactTypeSource | null> {
  const types = (await call.artifactTypes.load(owner.id)) ?? []
  return types.includes(name) ? { owner, name } : null
}

export async function artifactTypes(call: Call, owner: Owner) {
  const types = (await call.artifactTypes.load(owner.id)) ?? []
  return {
    ...wholeList(types.map((name): ArtifactTypeSource => ({ owner, name }))),
    totalCount: types.length,
  }
}

/** Collections of an owner, of one artifact type or of all; without an order by name. */
export function collections(
  call: Call,
  owner: Owner,
  artifactType: string | null,
  args: SearchArguments,
): Promise<Connection<CollectionSource>> {
  const filter = readFilter(args.filters, COLLECTION_FIELDS)
  const asked = readOrder(args.order, ORDERS)
  const order = asked?.field === 'name' && asked.direction === 'asc' ? null : asked
  return searchedList({
    kind: 'collections',
    args,
    limit: pageSize(args, 50),
    search: (after, limit) =>
      searchCollections(call.app.registry, call.actor, {
        within: { owner },
        ...{ artifactType, filter, order, after, limit },
      }),
    nodeOf: ({ collection }) => collectionSource(owner, collection),
    maxPages: MAX_PAGES_OF_COLLECTIONS,
  })
}

/** A million collections: seconds. */
export const MAX_PAGES_OF_COLLECTIONS = 1_000
/** 50,000 versions under a filter that no index serves: seconds. */
const MAX_PAGES_OF_VERSIONS = 100

export const ARTIFACT_TYPE: FieldResolvers<ArtifactTypeSource> = {
  id: ({ owner, name }) => nodeId('ArtifactType', owner?.id ?? 0, name),
  description: () => null,
  createdAt: ({ owner }) => dateTime(owner?.createdAt ?? 0),
  artifactCollection: async ({ owner, name }, args: { name: string }, call) => {
    const found = owner === null ? null : await findCollection(call, owner, args.name)
    return found?.artifactType === name ? found : null
  },
  artifactCollections: ({ owner, name }, args: SearchArguments, call) =>
    owner === null ? null : collections(call, owner, name, args),
}

export function tagNode(name: string) {
  return { id: nodeId('Tag', name), name }
}

export const COLLECTION: FieldResolvers<CollectionSource> = {
  id: ({ collection, owner, name }) =>
    nodeId('ArtifactCollection', collection?.id ?? `${owner?.id ?? 0}/${name}`),
  description: ({ collection }) => collection?.description ?? null,
  state: ({ deleted }) => (deleted === true ? 'DELETED' : 'READY'),
  createdAt: ({ collection }) => dateTime(collection?.createdAt ?? 0),
  updatedAt: ({ collection }) => (collection === null ? null : dateTime(collection.updatedAt)),
  project: ({ owner }) => owner,
  defaultArtifactType: ({ owner, artifactType }) => ({ owner, name: artifactType }),
  tags: ({ collection }) => wholeList((collection?.tags ?? []).map(tagNode)),
  aliases: async (source, _args, call) => {
    if (source.owner === null || source.collection === null) return wholeList([])
    const { aliases } = await listAliases(call.app.registry, call.actor, {
      collection: { owner: source.owner, name: source.name },
    })
    return wholeList(
      aliases
        .filter((alias) => alias.slotCount > 0)
        .map((alias): AliasSource => ({ alias: alias.name, in: source })),
    )
  },
  artifacts: (source, args: SearchArguments, call) => versions(call, source, args),
  artifactMembership: (source, args: { aliasName: string }, call) =>
    source.owner === null ? null : findMember(call, source.owner, source.name, args.aliasName),
}

export const SEQUENCE: FieldResolvers<CollectionSource> = {
  ...COLLECTION,
  latestArtifact: async (source, _args, call) => {
    if (source.owner === null || source.collection === null) return null
    const collection = { owner: source.owner, name: source.name }
    const latest = await findMember(call, source.owner, source.name, '')
    if (latest !== null) return call.artifacts.load(latest.version.id)
    // Somebody took `latest` away: the newest one is what an incremental version adds to.
    const { page } = await listVersions(call.app.registry, call.actor, {
      collection,
      before: null,
      limit: 1,
    })
    const [newest] = page.items
    return newest === undefined ? null : call.artifacts.load(newest.version.id)
  },
  digestAlgorithm: ({ collection }) => (collection === null ? null : 'MANIFEST_MD5'),
}

/** Live versions as edges that carry their `vN`; without an order the newest first. */
async function versions(call: Call, source: CollectionSource, args: SearchArguments) {
  if (source.owner === null || source.collection === null) return null
  const filter = readFilter(args.filters, VERSION_FIELDS)
  const order = readOrder(args.order, VERSION_ORDERS) ?? { field: 'index', direction: 'desc' }
  const { registry } = call.app
  const search = {
    collection: { owner: source.owner, name: source.name },
    conditions: [],
    sort: { path: order.field, direction: order.direction },
    ...(isEverything(filter) ? {} : { filter }),
  }
  const count = async () =>
    (await listVersions(registry, call.actor, { ...search, before: null, limit: 1 })).count
  const listed = await searchedList({
    kind: 'versions',
    args,
    limit: pageSize(args, 50),
    search: async (place, limit) => {
      const after = place === null ? null : keyAt(place)
      const { page } = await searchVersions(registry, call.actor, { ...search, after, limit })
      return { items: page.items, next: page.next === null ? null : placeOfKey(page.next) }
    },
    nodeOf: async (member) => ({ member, node: await call.artifacts.load(member.version.id) }),
    ...(isEverything(filter) ? { count } : {}),
    maxPages: MAX_PAGES_OF_VERSIONS,
  })
  const edges = listed.edges.map(({ node: { member, node } }) => ({
    node,
    version: `v${member.membership.index}`,
  }))
  return { ...listed, edges }
}

/** Ids are those of the client's own server, where they grow with time. */
const VERSION_ORDERS = {
  id: 'index',
  version_index: 'index',
  versionIndex: 'index',
  created_at: 'createdAt',
  createdAt: 'createdAt',
  updated_at: 'updatedAt',
  updatedAt: 'updatedAt',
} as const

export const ALIAS: FieldResolvers<AliasSource> = {
  id: ({ alias, in: place }) => nodeId('ArtifactAlias', place.collection?.id ?? place.name, alias),
  artifactCollection: ({ in: place }) => place,
}
