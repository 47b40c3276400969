import type { CollectionName } from '@greenroom/sdk'
import * as sdk from '@greenroom/sdk'
import type { OwnerName, Page, PointerEvent } from '@greenroom/sdk/wire'
import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query'
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

export const historyQuery = (collection: CollectionName, query: sdk.HistoryQuery = {}) =>
  infiniteQueryOptions({
    queryKey: [...keys.collection(collection), 'history', query],
    queryFn: ({ signal, pageParam }) =>
      sdk.listHistory(client(), collection, { ...query, cursor: pageParam }, { signal }),
    ...paged,
  })

/** Entries of a log that a page reads whole; of a longer one only the newest. */
const MAX_LOG_ENTRIES = 5_000

/** The log up to an instant, newest first: what was then follows from it. */
export const logUntilQuery = (collection: CollectionName, until: string) =>
  queryOptions({
    queryKey: [...keys.collection(collection), 'log-until', until],
    queryFn: async ({ signal }) => {
      const entries: PointerEvent[] = []
      const ask = (page: sdk.PageQuery) =>
        sdk.listHistory(client(), collection, { ...(until ? { until } : {}), ...page }, { signal })
      for await (const entry of sdk.items(ask, 1_000)) {
        entries.push(entry)
        if (entries.length === MAX_LOG_ENTRIES) break
      }
      return entries
    },
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

/** What a rollback would walk, kept apart for the same reason. */
export const stackQuery = (collection: CollectionName, alias: string) =>
  queryOptions({
    queryKey: ['stack', ...keys.collection(collection), alias],
    queryFn: async ({ signal }) => {
      const [history, aliases] = await Promise.all([
        sdk.listAliasHistory(client(), collection, alias, { limit: 1_000 }, { signal }),
        sdk.listAliases(client(), collection, { signal }),
      ])
      return { entries: history.items, stages: aliases.stages }
    },
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  })

/** How a list of pages is followed. */
export const paged = {
  initialPageParam: undefined as string | undefined,
  getNextPageParam: (last: Page<unknown>) => last.next ?? undefined,
}
