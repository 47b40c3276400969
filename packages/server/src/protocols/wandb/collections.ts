import { RegistryError } from '../../core/errors.ts'
import { MAX_ITEMS_PER_PAGE } from '../../core/limits.ts'
import type { Collection } from '../../core/model/collection.ts'
import type { Owner } from '../../core/model/owner.ts'
import { parseSelector } from '../../core/model/ref.ts'
import { findCollections } from '../../core/operations/find-collections.ts'
import { getCollection } from '../../core/operations/get-collection.ts'
import { getVersion } from '../../core/operations/get-version.ts'
import { listAliases } from '../../core/operations/list-aliases.ts'
import { listArtifactTypes } from '../../core/operations/list-artifact-types.ts'
import { listCollections } from '../../core/operations/list-collections.ts'
import { listVersions, type Member } from '../../core/operations/list-versions.ts'
import {
  connection,
  dateTime,
  keyAfter,
  orNull,
  type PageArguments,
  pageSize,
  wholeList,
} from './answers.ts'
import type { Call, FieldResolvers } from './call.ts'
import { nodeId, readNodeId } from './node-ids.ts'

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
  const { types } = await listArtifactTypes(call.app.registry, call.actor, { owner })
  return types.includes(name) ? { owner, name } : null
}

export async function artifactTypes(call: Call, owner: Owner) {
  const { types } = await listArtifactTypes(call.app.registry, call.actor, { owner })
  return {
    ...wholeList(types.map((name): ArtifactTypeSource => ({ owner, name }))),
    totalCount: types.length,
  }
}

export interface ListArguments extends PageArguments {
  readonly order?: string
  readonly filters?: string
}

/** Collections of an owner in order of name, of one artifact type or of all. */
export async function collections(
  call: Call,
  owner: Owner,
  artifactType: string | null,
  args: ListArguments,
) {
  checkOrder(args.order, /^\+?name$/)
  checkFilters(args.filters, /^\{\}$/)
  const { registry } = call.app
  const list = (after: string, limit: number) =>
    listCollections(registry, call.actor, { owner, artifactType, after, limit })
  const after = String(keyAfter('collections', args) ?? '')
  const { page } = await list(after, pageSize(args, 50))
  const listed = await connection(
    'collections',
    page,
    (collection) => collection.name,
    (collection) => collectionSource(owner, collection),
  )
  const isWhole = after === '' && page.next === null
  return { ...listed, totalCount: isWhole ? page.items.length : await count(list) }
}

async function count(
  list: (after: string, limit: number) => ReturnType<typeof listCollections>,
): Promise<number> {
  let total = 0
  for (let next: string | null = ''; next !== null; ) {
    const { page } = await list(next, MAX_ITEMS_PER_PAGE)
    total += page.items.length
    next = page.next
  }
  return total
}

export const ARTIFACT_TYPE: FieldResolvers<ArtifactTypeSource> = {
  id: ({ owner, name }) => nodeId('ArtifactType', owner?.id ?? 0, name),
  description: () => null,
  createdAt: ({ owner }) => dateTime(owner?.createdAt ?? 0),
  artifactCollection: async ({ owner, name }, args: { name: string }, call) => {
    const found = owner === null ? null : await findCollection(call, owner, args.name)
    return found?.artifactType === name ? found : null
  },
  artifactCollections: ({ owner, name }, args: ListArguments, call) =>
    owner === null ? null : collections(call, owner, name, args),
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
  tags: () => wholeList([]),
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
  artifacts: (source, args: ListArguments, call) => versions(call, source, args),
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

/** Live versions, newest first, as edges that carry their `vN`. */
async function versions(call: Call, source: CollectionSource, args: ListArguments) {
  if (source.owner === null || source.collection === null) return null
  checkOrder(args.order, NEWEST_FIRST)
  checkFilters(args.filters, COMMITTED_ONLY)
  const before = keyAfter('versions', args)
  const { page, count } = await listVersions(call.app.registry, call.actor, {
    collection: { owner: source.owner, name: source.name },
    before: before === undefined ? null : Number(before),
    limit: pageSize(args, 50),
  })
  const listed = await connection(
    'versions',
    page,
    (member) => member.membership.index,
    (member) => call.artifacts.load(member.version.id),
  )
  const edges = listed.edges.map((edge, at) => ({
    ...edge,
    version: `v${page.items[at]?.membership.index ?? 0}`,
  }))
  return { ...listed, edges, totalCount: count }
}

/** The order in which versions are listed, and the filter that says only that they live. */
const NEWEST_FIRST = /^-(created_?at|version_?index|id)$/i
const COMMITTED_ONLY = /^\{("state":"COMMITTED")?\}$/

function checkOrder(order: string | undefined, usual: RegExp): void {
  if (order === undefined || order === '' || usual.test(order)) return
  throw new RegistryError(
    'request_invalid',
    `This list cannot be had in the order ${JSON.stringify(order)} yet. Leave the order out.`,
  )
}

function checkFilters(filters: string | undefined, usual: RegExp): void {
  const plain = filters?.replaceAll(/\s/g, '') ?? ''
  if (plain === '' || plain === 'null' || usual.test(plain)) return
  throw new RegistryError(
    'request_invalid',
    'This list cannot be filtered yet. Leave the filters out and choose from what it holds.',
  )
}

export const ALIAS: FieldResolvers<AliasSource> = {
  id: ({ alias, in: place }) => nodeId('ArtifactAlias', place.collection?.id ?? place.name, alias),
  artifactCollection: ({ in: place }) => place,
}
