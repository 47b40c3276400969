import type { CollectionName } from '@greenroom/sdk'
import * as sdk from '@greenroom/sdk'
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { client } from './connection.ts'
import { keys } from './keys.ts'
import { paged } from './queries.ts'
import { type FilePlace, readFileStart } from './read-file.ts'

// What the page of one version asks. Its bytes never change: those answers stay good.

/** The most that one page of a manifest holds. */
const ENTRIES_A_PAGE = 5_000

export const filesQuery = (collection: CollectionName, version: string) =>
  infiniteQueryOptions({
    queryKey: [...keys.collection(collection), 'files', version],
    queryFn: ({ signal, pageParam }) =>
      sdk.listFiles(
        client(),
        collection,
        version,
        { limit: ENTRIES_A_PAGE, cursor: pageParam },
        { signal },
      ),
    ...paged,
  })

/** The start of a file, `most` bytes of it. */
export const fileStartQuery = (place: FilePlace, digest: string, most: number) =>
  queryOptions({
    queryKey: ['bytes', digest, most],
    queryFn: ({ signal }) => readFileStart(place, most, signal),
    staleTime: Number.POSITIVE_INFINITY,
    // Megabytes: kept no longer than somebody looks back.
    gcTime: 30_000,
  })

export const lineageQuery = (collection: CollectionName, version: string, depth: number) =>
  queryOptions({
    queryKey: [...keys.collection(collection), 'lineage', version, depth],
    queryFn: ({ signal }) => sdk.getLineage(client(), collection, version, { depth }, { signal }),
  })

const DIFFERENCES_A_PAGE = 1_000

/** How `head` differs from `base`; its files come in pages. */
export const differencesQuery = (collection: CollectionName, base: string, head: string) =>
  infiniteQueryOptions({
    queryKey: [...keys.collection(collection), 'differences', base, head],
    queryFn: ({ signal, pageParam }) =>
      sdk.compareVersions(
        client(),
        collection,
        { base, head, limit: DIFFERENCES_A_PAGE, cursor: pageParam },
        { signal },
      ),
    ...paged,
  })
