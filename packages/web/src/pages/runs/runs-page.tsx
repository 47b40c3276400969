import type { OwnerName, Run } from '@greenroom/sdk/wire'
import { Select, TextInput } from '@mantine/core'
import { useDebouncedValue, useDocumentTitle } from '@mantine/hooks'
import { IconPlayerPlay, IconSearch } from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { useMemo } from 'react'
import { runsQuery } from '../../api/run-queries.ts'
import { RUN_STATES, type RunsSearch } from '../../app/page-search.ts'
import { ownerOf, ownerParams, RUN_PATH, RUNS_PATH } from '../../app/place.ts'
import { formatAge } from '../../ui/format.ts'
import { type Column, LongTable } from '../../ui/long-table.tsx'
import { Empty, ErrorNotice, SkeletonRows } from '../../ui/states.tsx'
import table from '../../ui/table.module.css'
import { TagList } from '../../ui/tag-list.tsx'
import { Time } from '../../ui/time.tsx'
import styles from '../project/project.module.css'
import { ProjectFrame } from '../project/project-frame.tsx'
import { RunStateMark } from './run-state.tsx'

const COLUMNS: readonly Column<Run>[] = [
  {
    name: 'Run',
    sort: 'displayName',
    cell: ({ owner, run, displayName }) => {
      const { entity, owner: name } = ownerParams(owner)
      return (
        <Link to={RUN_PATH} params={{ entity, owner: name, run }} className={table.name}>
          <bdi>{displayName}</bdi>
        </Link>
      )
    },
  },
  { name: 'State', cell: ({ state }) => <RunStateMark state={state} /> },
  { name: 'Job', cell: ({ jobType }) => jobType && <span className="soft">{jobType}</span> },
  { name: 'Tags', cell: ({ tags }) => tags.length > 0 && <TagList tags={tags} show={3} /> },
  { name: 'By', cell: ({ createdBy }) => <span className="soft">{createdBy}</span> },
  {
    name: 'Ran for',
    sort: 'duration',
    isNumber: false,
    cell: (run) => <span className="soft num">{ranFor(run)}</span>,
  },
  {
    name: 'Began',
    sort: 'createdAt',
    cell: ({ createdAt }) => (
      <span className="soft">
        <Time at={createdAt} />
      </span>
    ),
  },
]

/** How long from its start to its last sign of life. */
export function ranFor({ createdAt, heartbeatAt }: Run): string {
  return formatAge(new Date(createdAt), Date.parse(heartbeatAt))
}

/** All runs of a project: filtered, sorted, as many as there are. */
export default function RunsPage() {
  const params = useParams({ from: `/inside${RUNS_PATH}` })
  const project = ownerOf({ kind: 'projects', ...params })
  const search = useSearch({ from: `/inside${RUNS_PATH}` })
  const navigate = useNavigate({ from: RUNS_PATH })
  useDocumentTitle(`Runs of ${params.owner} · Greenroom`)
  const set = (change: RunsSearch) =>
    void navigate({ search: (before) => ({ ...before, ...change }), replace: true })
  return (
    <ProjectFrame project={project}>
      <div className={styles.filters}>
        <TextInput
          aria-label="Filter by name"
          placeholder="Filter by name"
          data-page-filter
          leftSection={<IconSearch size={16} aria-hidden />}
          value={search.q ?? ''}
          onChange={({ currentTarget }) => set({ q: currentTarget.value })}
        />
        <Select
          aria-label="State"
          placeholder="Any state"
          clearable
          data={[...RUN_STATES]}
          value={search.state ?? null}
          onChange={(state) => set({ state: RUN_STATES.find((one) => one === state) })}
        />
      </div>
      <Runs project={project} search={search} onSort={(sort) => set({ sort })} />
    </ProjectFrame>
  )
}

interface RunsProps {
  readonly project: OwnerName
  readonly search: RunsSearch
  readonly onSort: (sort: string | undefined) => void
}

function Runs({ project, search, onSort }: RunsProps) {
  const { q = '', state, sort } = search
  const [contains] = useDebouncedValue(q, 150)
  const query = useInfiniteQuery(
    runsQuery(project, { contains: contains || undefined, state, sort }),
  )
  const rows = useMemo(() => query.data?.pages.flatMap(({ items }) => items) ?? [], [query.data])
  if (query.error !== null)
    return <ErrorNotice error={query.error} retry={() => void query.refetch()} />
  if (query.isPending) return <SkeletonRows />
  if (rows.length === 0 && !query.hasNextPage)
    return (
      <Empty title="No runs" icon={<IconPlayerPlay size={32} aria-hidden />}>
        <p>
          {q === '' && state === undefined
            ? 'wandb.init, the SDK or one request starts the first.'
            : 'None is like that.'}
        </p>
      </Empty>
    )
  return (
    <LongTable
      label="Runs"
      rows={rows}
      columns={COLUMNS}
      keyOf={({ run }) => run}
      sort={sort ?? '-createdAt'}
      onSort={onSort}
      hasMore={query.hasNextPage && !query.isFetchingNextPage}
      onMore={() => void query.fetchNextPage()}
    />
  )
}
