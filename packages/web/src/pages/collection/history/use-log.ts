import type { CollectionName } from '@greenroom/sdk'
import type { PointerEvent } from '@greenroom/sdk/wire'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useEffect } from 'react'
import { historyQuery } from '../../../api/queries.ts'

export interface Log {
  /** Newest first; undefined: the first page has not come yet. */
  readonly entries: readonly PointerEvent[] | undefined
  /** Nothing is before the oldest of them. */
  readonly isWhole: boolean
  readonly isLoading: boolean
  readonly loadOlder: () => void
  readonly error: Error | null
  readonly retry: () => void
}

/** So many come by themselves; older ones when they are asked for. */
const AT_FIRST = 2_000

/** The pointer log up to an instant, page by page. */
export function useLog(
  collection: CollectionName,
  query: { readonly alias?: string | undefined; readonly until?: string | undefined },
): Log {
  const { data, error, hasNextPage, isFetching, fetchNextPage, refetch } = useInfiniteQuery(
    historyQuery(collection, query),
  )
  const entries = data?.pages.flatMap(({ items }) => items)
  const count = entries?.length ?? 0
  useEffect(() => {
    if (hasNextPage && !isFetching && error === null && count < AT_FIRST) void fetchNextPage()
  }, [hasNextPage, isFetching, error, count, fetchNextPage])
  return {
    entries,
    isWhole: data !== undefined && !hasNextPage,
    isLoading: isFetching,
    loadOlder: () => void fetchNextPage(),
    error,
    retry: () => void refetch(),
  }
}
