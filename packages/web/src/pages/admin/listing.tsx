import type { Page } from '@greenroom/sdk/wire'
import type { InfiniteData, UseInfiniteQueryResult } from '@tanstack/react-query'
import { useMemo } from 'react'
import { type Column, LongTable } from '../../ui/long-table.tsx'
import { Empty, ErrorNotice, SkeletonRows } from '../../ui/states.tsx'

interface ListingProps<Row> {
  readonly label: string
  readonly none: string
  readonly query: UseInfiniteQueryResult<InfiniteData<Page<Row>, unknown>>
  readonly columns: readonly Column<Row>[]
  readonly keyOf: (row: Row) => string
  /** A part of the key. */
  readonly filter?: string
}

/** A list that comes in pages, in each of its states. */
export function Listing<Row>(props: ListingProps<Row>) {
  const { label, none, query, columns, keyOf, filter = '' } = props
  const wanted = filter.toLowerCase()
  const rows = useMemo(
    () =>
      (query.data?.pages.flatMap(({ items }) => items) ?? []).filter((row) =>
        keyOf(row).toLowerCase().includes(wanted),
      ),
    [query.data, keyOf, wanted],
  )
  if (query.error !== null)
    return <ErrorNotice error={query.error} retry={() => void query.refetch()} />
  if (query.isPending) return <SkeletonRows />
  if (rows.length === 0 && !query.hasNextPage)
    return <Empty title={filter === '' ? none : 'No name has that in it'} />
  return (
    <LongTable
      label={label}
      rows={rows}
      columns={columns}
      keyOf={keyOf}
      hasMore={query.hasNextPage && !query.isFetchingNextPage}
      onMore={() => void query.fetchNextPage()}
    />
  )
}
