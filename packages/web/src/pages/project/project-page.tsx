import type { ListedCollection, OwnerName } from '@greenroom/sdk/wire'
import { TextInput } from '@mantine/core'
import { useDebouncedValue, useDocumentTitle } from '@mantine/hooks'
import { IconBox, IconSearch } from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { useMemo } from 'react'
import { collectionsQuery } from '../../api/queries.ts'
import { COLLECTION_PATH, collectionParams, ownerOf, PROJECT_PATH } from '../../app/place.ts'
import { type Column, LongTable } from '../../ui/long-table.tsx'
import { AliasChips } from '../../ui/stage-chip.tsx'
import { Empty, ErrorNotice, SkeletonRows } from '../../ui/states.tsx'
import table from '../../ui/table.module.css'
import { Time } from '../../ui/time.tsx'
import styles from './project.module.css'
import { ProjectFrame } from './project-frame.tsx'

const COLUMNS: readonly Column<ListedCollection>[] = [
  {
    name: 'Name',
    cell: ({ owner, name }) => (
      <Link
        to={COLLECTION_PATH}
        params={collectionParams({ owner, name })}
        className={table.name}
        title={name}
      >
        <bdi>{name}</bdi>
      </Link>
    ),
  },
  { name: 'Type', cell: ({ type }) => <span className="soft">{type}</span> },
  {
    name: 'Newest',
    cell: ({ standings }) => {
      const newest = standings.find(({ alias }) => alias === 'latest')?.slots[0]
      return newest && <span className="mono">{newest.version}</span>
    },
  },
  {
    name: 'Aliases',
    cell: ({ standings }) => {
      const held = standings.filter(({ alias, slots }) => alias !== 'latest' && slots.length > 0)
      return held.length > 0 && <AliasChips aliases={held.map(({ alias }) => alias)} />
    },
  },
  { name: 'Made by', cell: ({ createdBy }) => <span className="soft">{createdBy}</span> },
  {
    name: 'Changed',
    cell: ({ updatedAt }) => (
      <span className="soft">
        <Time at={updatedAt} />
      </span>
    ),
  },
]

/** The artifacts of a project: what its runs logged. */
export default function ProjectPage() {
  const params = useParams({ from: `/inside${PROJECT_PATH}` })
  const project = ownerOf({ kind: 'projects', ...params })
  const { q = '', type = '' } = useSearch({ from: `/inside${PROJECT_PATH}` })
  const navigate = useNavigate({ from: PROJECT_PATH })
  useDocumentTitle(`${params.owner} · Greenroom`)
  const set = (change: { q?: string; type?: string }) =>
    void navigate({ search: (before) => ({ ...before, ...change }), replace: true })
  return (
    <ProjectFrame project={project}>
      <div className={styles.filters}>
        <TextInput
          aria-label="Filter by name"
          placeholder="Filter by name"
          data-page-filter
          leftSection={<IconSearch size={16} aria-hidden />}
          value={q}
          onChange={({ currentTarget }) => set({ q: currentTarget.value })}
        />
        <TextInput
          aria-label="Type"
          placeholder="Type, such as model"
          value={type}
          onChange={({ currentTarget }) => set({ type: currentTarget.value })}
        />
      </div>
      <Artifacts project={project} q={q} type={type} />
    </ProjectFrame>
  )
}

interface ArtifactsProps {
  readonly project: OwnerName
  readonly q: string
  readonly type: string
}

function Artifacts({ project, q, type }: ArtifactsProps) {
  const [asked] = useDebouncedValue(`${q}\n${type}`, 150)
  const [contains, ofType] = asked.split('\n')
  const query = useInfiniteQuery(
    collectionsQuery(project, { contains: contains || undefined, type: ofType || undefined }),
  )
  const rows = useMemo(() => query.data?.pages.flatMap(({ items }) => items) ?? [], [query.data])
  if (query.error !== null)
    return <ErrorNotice error={query.error} retry={() => void query.refetch()} />
  if (query.isPending) return <SkeletonRows />
  if (rows.length === 0 && !query.hasNextPage)
    return (
      <Empty title="No artifacts" icon={<IconBox size={32} aria-hidden />}>
        <p>
          {q === '' && type === ''
            ? 'A run makes the first when it logs one.'
            : 'None has that in its name and is of that type.'}
        </p>
      </Empty>
    )
  return (
    <LongTable
      label="Artifacts"
      rows={rows}
      columns={COLUMNS}
      keyOf={({ name }) => name}
      hasMore={query.hasNextPage && !query.isFetchingNextPage}
      onMore={() => void query.fetchNextPage()}
    />
  )
}
