import type { Version } from '@greenroom/sdk/wire'
import { Button } from '@mantine/core'
import { IconColumns, IconGitCompare } from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { lazy, Suspense } from 'react'
import { useMeasures, versionsQuery } from '../../../api/queries.ts'
import { COMPARE_PATH, collectionParams } from '../../../app/place.ts'
import { CopyRows } from '../../../ui/copy-rows.tsx'
import { plural } from '../../../ui/format.ts'
import { metricKeysOf, scalarsOf, wordKeysOf } from '../../../ui/metrics.ts'
import { Empty, ErrorNotice, SkeletonRows } from '../../../ui/states.tsx'
import { thereAt } from '../collection-state.ts'
import type { TabProps } from '../tab-props.ts'
import { ColumnPicker } from './column-picker.tsx'
import { VersionFilter } from './version-filter.tsx'
import styles from './versions.module.css'
import { VersionsTable } from './versions-table.tsx'

const MetricChart = lazy(() => import('./metric-chart.tsx'))

const COLUMNS_AT_FIRST = 3
const MAX_COMPARED = 4

/** The versions as a table, and a metric over them as a curve. */
export default function VersionsTab({ collection, lanes, search, onChange }: TabProps) {
  const { asOf, selected = [] } = search
  const filter = [...(search.filter ?? []), ...(thereAt(asOf) ?? [])]
  const query = useInfiniteQuery(
    versionsQuery(collection, { limit: 100, filter, sort: search.sort }),
  )
  const navigate = useNavigate()
  const measures = useMeasures(collection)
  const versions = query.data?.pages
    .flatMap(({ items }) => items)
    .map((version) => (asOf === undefined ? version : { ...version, aliases: borne(version) }))
  // What a version bore then: of an alias that many bear the lanes name the first.
  function borne({ version }: Version) {
    return lanes.filter((lane) => lane.versions.includes(version)).map(({ alias }) => alias)
  }
  const known = metricKeysOf(versions ?? [], measures)
  const columns = search.metrics ?? known.slice(0, COLUMNS_AT_FIRST)
  const drawn = columns.filter((key) => known.includes(key))
  return (
    <>
      <div className={styles.tools}>
        <VersionFilter
          filter={search.filter ?? []}
          versions={versions ?? []}
          metrics={known}
          aliases={lanes.map(({ alias }) => alias)}
          onChange={(filter) => onChange({ filter })}
        />
        <ColumnPicker
          numbers={known}
          words={wordKeysOf(versions ?? [])}
          chosen={columns}
          icon={<IconColumns size={16} aria-hidden />}
          onChange={(metrics) => onChange({ metrics })}
        />
        <CopyRows
          count={versions?.length ?? 0}
          head={['version', 'aliases', ...columns, 'tags', 'size', 'made', 'by']}
          rows={() => (versions ?? []).map((version) => cellsOf(version, columns))}
        />
        <Button
          variant="default"
          leftSection={<IconGitCompare size={16} aria-hidden />}
          disabled={selected.length < 2 || selected.length > MAX_COMPARED}
          onClick={() =>
            void navigate({
              to: COMPARE_PATH,
              params: collectionParams(collection),
              search: { version: selected },
            })
          }
        >
          Compare {selected.length > 1 ? selected.length : ''}
        </Button>
      </div>
      {query.error !== null && (
        <ErrorNotice error={query.error} retry={() => void query.refetch()} />
      )}
      {query.error === null && versions === undefined && <SkeletonRows />}
      {versions?.length === 0 && (
        <Empty title={search.filter === undefined ? 'No versions yet' : 'No version meets this'}>
          <p>
            {search.filter === undefined
              ? 'Log one, and link it here: “Pull” above has the address of this server.'
              : 'Take a condition away.'}
          </p>
        </Empty>
      )}
      {versions !== undefined && versions.length > 1 && drawn.length > 0 && (
        <Suspense fallback={<div className={styles.chartPlace} />}>
          <MetricChart
            versions={versions}
            metrics={drawn}
            measures={measures}
            lanes={lanes}
            selected={selected}
            onSelect={(some) => onChange({ selected: some })}
          />
        </Suspense>
      )}
      {versions !== undefined && versions.length > 0 && (
        <VersionsTable
          collection={collection}
          versions={versions}
          columns={columns}
          search={search}
          onChange={onChange}
          more={query}
        />
      )}
      <p className="visually-hidden" role="status">
        {versions === undefined ? '' : `${plural(versions.length, 'version')} shown`}
      </p>
    </>
  )
}

function cellsOf(version: Version, columns: readonly string[]): (string | number)[] {
  const values = scalarsOf(version.metadata)
  const measured = columns.map((key) => {
    const value = values.get(key) ?? ''
    return typeof value === 'number' ? value : String(value)
  })
  const { aliases, tags, size, createdAt, createdBy } = version
  return [
    version.version,
    aliases.join(', '),
    ...measured,
    tags.join(', '),
    size,
    createdAt,
    createdBy,
  ]
}
