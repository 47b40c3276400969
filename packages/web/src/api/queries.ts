import type { CollectionName } from '@greenroom/sdk'
import * as sdk from '@greenroom/sdk'
import type { Measure, OwnerName, Page } from '@greenroom/sdk/wire'
import {
  infiniteQueryOptions,
  keepPreviousData,
  queryOptions,
  useQuery,
} from '@tanstack/react-query'
import type { CollectionSearch, RegistrySearch } from '../app/page-search.ts'
import { client } from './connection.ts'
import { keys } from './keys.ts'

// Every question that pages ask, with the key its answer is kept under.

export const meQuery = () =>
  queryOptions({
    queryKey: keys.me,
    queryFn: ({ signal }) => sdk.getMe(client(), { signal }),
    staleTime: 60_000,
  })

export const registriesQuery = () =>
  queryOptions({
    queryKey: [...keys.owners, 'registries'],
    queryFn: ({ signal }) => sdk.listRegistries(client(), { limit: 200 }, { signal }),
  })

export const projectsQuery = () =>
  queryOptions({
    queryKey: [...keys.owners, 'projects'],
    queryFn: ({ signal }) => sdk.listProjects(client(), { limit: 200 }, { signal }),
  })

export const ownerQuery = (owner: OwnerName) =>
  queryOptions({
    queryKey: keys.owner(owner),
    queryFn: ({ signal }) => sdk.getOwner(client(), owner, { signal }),
  })

export const stagesQuery = (owner: OwnerName) =>
  queryOptions({
    queryKey: [...keys.owner(owner), 'stages'],
    queryFn: ({ signal }) => sdk.listStages(client(), owner, { signal }),
  })

export const collectionsQuery = (owner: OwnerName, query: sdk.CollectionQuery = {}) =>
  infiniteQueryOptions({
    queryKey: [...keys.collections(owner), query],
    queryFn: ({ signal, pageParam }) =>
      sdk.listCollections(client(), owner, { limit: 100, ...query, cursor: pageParam }, { signal }),
    ...paged,
    placeholderData: keepPreviousData,
  })

/** What the table of a registry shows, as far as the server filters it. */
export const listedCollectionsQuery = (
  owner: OwnerName,
  { q, type, held, stage }: RegistrySearch,
) =>
  collectionsQuery(owner, {
    limit: 200,
    contains: q,
    type,
    stage: held === 'vacant' ? undefined : stage,
  })

export const collectionQuery = (collection: CollectionName) =>
  queryOptions({
    queryKey: [...keys.collection(collection), 'itself'],
    queryFn: ({ signal }) => sdk.getCollection(client(), collection, { signal }),
  })

export const aliasesQuery = (collection: CollectionName) =>
  queryOptions({
    queryKey: [...keys.collection(collection), 'aliases'],
    queryFn: ({ signal }) => sdk.listAliases(client(), collection, { signal }),
  })

export const aliasQuery = (collection: CollectionName, alias: string) =>
  queryOptions({
    queryKey: [...keys.collection(collection), 'alias', alias],
    queryFn: ({ signal }) => sdk.getAlias(client(), collection, alias, { signal }),
  })

export const versionQuery = (collection: CollectionName, selector: string) =>
  queryOptions({
    queryKey: [...keys.collection(collection), 'version', selector],
    queryFn: ({ signal }) => sdk.getVersion(client(), collection, selector, { signal }),
  })

export const versionsQuery = (collection: CollectionName, query: sdk.VersionQuery = {}) =>
  infiniteQueryOptions({
    queryKey: [...keys.collection(collection), 'versions', query],
    queryFn: ({ signal, pageParam }) =>
      sdk.listVersions(client(), collection, { ...query, cursor: pageParam }, { signal }),
    ...paged,
    placeholderData: keepPreviousData,
  })

/** What the board and the table of a collection show: with `asOf` what was there at that time. */
export const listedVersionsQuery = (
  collection: CollectionName,
  { asOf, filter = [], sort }: CollectionSearch,
) => {
  const past = asOf === undefined ? [] : [`linkedAt:lte:${asOf}`]
  return versionsQuery(collection, { limit: 100, filter: [...filter, ...past], sort })
}

/** Entries of a log that are asked for at once: a long one comes page by page. */
const LOG_PAGE = 500

/** The pointer log, newest first: of the whole collection, or of one alias. */
export const historyQuery = (
  collection: CollectionName,
  { alias, until }: { readonly alias?: string | undefined; readonly until?: string | undefined },
) =>
  infiniteQueryOptions({
    queryKey: [...keys.collection(collection), 'history', alias, until],
    queryFn: ({ signal, pageParam }) => {
      const query = { until, limit: LOG_PAGE, cursor: pageParam }
      return alias === undefined
        ? sdk.listHistory(client(), collection, query, { signal })
        : sdk.listAliasHistory(client(), collection, alias, query, { signal })
    },
    ...paged,
    placeholderData: keepPreviousData,
  })

/** Who bears what, and who moved it there: now, or at an instant. */
export const standingsQuery = (collection: CollectionName, at: string | undefined) =>
  queryOptions({
    queryKey: [...keys.collection(collection), 'standings', at],
    queryFn: ({ signal }) =>
      sdk.listStandingsAt(client(), collection, at === undefined ? {} : { at }, { signal }),
  })

export const comparisonQuery = (collection: CollectionName, base: string, head: string) =>
  queryOptions({
    queryKey: [...keys.collection(collection), 'compare', base, head],
    queryFn: ({ signal }) =>
      sdk.compareVersions(client(), collection, { base, head, limit: 200 }, { signal }),
  })

/**
 * Kept apart from the collection's answers: while somebody reads a dialog, an event must not put
 * another generation under their finger.
 */
export const dryRunQuery = (collection: CollectionName, alias: string, version: string) =>
  queryOptions({
    queryKey: ['dry-run', ...keys.collection(collection), alias, version],
    queryFn: ({ signal }) =>
      sdk.dryRunPromotion(client(), collection, alias, { version }, { signal }),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  })

/** What a rollback would do, kept apart for the same reason. */
export const rollbackQuery = (collection: CollectionName, alias: string, to: string | undefined) =>
  queryOptions({
    queryKey: ['rollback', ...keys.collection(collection), alias, to],
    queryFn: ({ signal }) =>
      sdk.dryRunRollback(client(), collection, alias, to === undefined ? {} : { to }, { signal }),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
    placeholderData: keepPreviousData,
  })

const NONE: readonly Measure[] = []

/** What the versions of a collection are measured by, and which way is better. */
export function useMeasures(collection: CollectionName): readonly Measure[] {
  return useQuery(collectionQuery(collection)).data?.measures ?? NONE
}

/** How a list of pages is followed. */
export const paged = {
  initialPageParam: undefined as string | undefined,
  getNextPageParam: (last: Page<unknown>) => last.next ?? undefined,
}
