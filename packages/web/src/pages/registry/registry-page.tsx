import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { lazy, Suspense, useEffect } from 'react'
import { listedCollectionsQuery, ownerQuery, stagesQuery } from '../../api/queries.ts'
import type { RegistrySearch } from '../../app/page-search.ts'
import { OWNER_PATH, ownerOf } from '../../app/place.ts'
import { CopyRows } from '../../ui/copy-rows.tsx'
import { plural } from '../../ui/format.ts'
import { PageBody } from '../../ui/page.tsx'
import { Empty, ErrorNotice, SkeletonRows } from '../../ui/states.tsx'
import { NewCollection } from './new-collection.tsx'
import { RegistryFilters } from './registry-filters.tsx'
import { cellsOf, filterRows, sortRows } from './registry-rows.ts'
import { RegistryTable } from './registry-table.tsx'

const EmptyRegistry = lazy(() => import('./empty-registry.tsx'))

/** So many are loaded by themselves; whoever has more narrows them down. */
const MAX_LOADED = 1_000

/** What is in production everywhere, since when, and by whom. */
export default function RegistryPage() {
  const owner = ownerOf(useParams({ from: `/inside${OWNER_PATH}` }))
  const search = useSearch({ from: `/inside${OWNER_PATH}` })
  const navigate = useNavigate({ from: OWNER_PATH })
  const change = (part: RegistrySearch) =>
    void navigate({ search: (before) => ({ ...before, ...part }), replace: true })
  const itself = useQuery(ownerQuery(owner))
  const stages = useQuery(stagesQuery(owner))
  const list = useCollections(owner, search)
  const error = itself.error ?? stages.error ?? list.error
  const declared = stages.data?.items
  const rows = list.rows && sortRows(filterRows(list.rows, search), search.sort)
  const isFiltered = Object.entries(search).some(([key, value]) => key !== 'sort' && value)
  return (
    <PageBody
      title={owner.name}
      lead={<Lead owner={owner} description={itself.data?.description ?? null} rows={rows} />}
      actions={<NewCollection owner={owner} />}
    >
      {error !== null && <ErrorNotice error={error} retry={() => void list.refetch()} />}
      {error === null && declared !== undefined && rows !== undefined && (
        <>
          {(rows.length > 0 || isFiltered) && (
            <RegistryFilters search={search} stages={declared} rows={list.rows} onChange={change}>
              <CopyRows
                count={rows.length}
                head={['collection', 'type', 'tags', ...declared.map(({ name }) => name), 'size']}
                rows={() => rows.map((row) => cellsOf(row, declared))}
              />
            </RegistryFilters>
          )}
          {rows.length === 0 && !isFiltered && (
            <Suspense fallback={<SkeletonRows height={56} />}>
              <EmptyRegistry owner={owner} />
            </Suspense>
          )}
          {rows.length === 0 && isFiltered && (
            <Empty title="No collection meets these filters">
              <p>Take one away, or look in another registry.</p>
            </Empty>
          )}
          {rows.length > 0 && (
            <RegistryTable rows={rows} stages={declared} sort={search.sort} onChange={change} />
          )}
          {list.hasNextPage && rows.length >= MAX_LOADED && (
            <p className="soft">
              These are {plural(list.rows?.length ?? 0, 'collection')}; there are more. Filter by
              name to find them.
            </p>
          )}
        </>
      )}
      {error === null && (declared === undefined || rows === undefined) && (
        <SkeletonRows height={56} />
      )}
    </PageBody>
  )
}

interface LeadProps {
  readonly owner: ReturnType<typeof ownerOf>
  readonly description: string | null
  readonly rows: readonly unknown[] | undefined
}

function Lead({ owner, description, rows }: LeadProps) {
  const kind = owner.kind === 'registry' ? 'Registry' : 'Project'
  return (
    <span>
      {description ?? `${kind} of ${owner.entity}`}
      {rows !== undefined && ` · ${plural(rows.length, 'collection')}`}
    </span>
  )
}

function useCollections(owner: ReturnType<typeof ownerOf>, search: RegistrySearch) {
  const query = useInfiniteQuery(listedCollectionsQuery(owner, search))
  const { data, hasNextPage, isFetching, fetchNextPage } = query
  const rows = data?.pages.flatMap(({ items }) => items)
  const count = rows?.length ?? 0
  useEffect(() => {
    if (hasNextPage && !isFetching && count < MAX_LOADED) void fetchNextPage()
  }, [hasNextPage, isFetching, count, fetchNextPage])
  return { ...query, rows }
}
