import type { CollectionName } from '@greenroom/sdk'
import type { Version } from '@greenroom/sdk/wire'
import { Button } from '@mantine/core'
import { IconColumns, IconGitCompare } from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useMemo } from 'react'
import { listedVersionsQuery, useMeasures } from '../../../api/queries.ts'
import { COMPARE_PATH, collectionParams } from '../../../app/place.ts'
import { CopyRows } from '../../../ui/copy-rows.tsx'
import { plural } from '../../../ui/format.ts'
import { metricKeysOf, scalarsOf, wordKeysOf } from '../../../ui/metrics.ts'
import { Empty, ErrorNotice, SkeletonRows } from '../../../ui/states.tsx'
import type { Lane } from '../collection-state.ts'
import type { TabProps } from '../tab-props.ts'
import { ColumnPicker } from './column-picker.tsx'
import { MetricChart } from './metric-chart.tsx'
import { VersionFilter } from './version-filter.tsx'
import styles from './versions.module.css'
import { VersionsTable } from './versions-table.tsx'

const COLUMNS_AT_FIRST = 3
const MAX_COMPARED = 4
/** Of the versions: what their metadata says, those further down say, too. */
const LOOKED_AT = 100

/** The versions as a table, and a metric over them as a curve. */
export default function VersionsTab({ collection, lanes, search, onChange }: TabProps) {
  const { asOf, selected = [] } = search
  const query = useInfiniteQuery(listedVersionsQuery(collection, search))
  const measures = useMeasures(collection)
  const versions = useMemo(() => {
    const loaded = query.data?.pages.flatMap(({ items }) => items)
    return asOf === undefined ? loaded : loaded?.map((version) => borneBy(version, lanes))
  }, [query.data, asOf, lanes])
  const [known, words] = useMemo(() => {
    const looked = versions?.slice(0, LOOKED_AT) ?? []
    return [metricKeysOf(looked, measures), wordKeysOf(looked)]
  }, [versions, measures])
  const columns = useMemo(
    () => search.metrics ?? known.slice(0, COLUMNS_AT_FIRST),
    [search.metrics, known],
  )
  const drawn = useMemo(() => columns.filter((key) => known.includes(key)), [columns, known])
  // While versions come it stands already, so that the rows stay where they are.
  const hasChart =
    versions === undefined ? query.error === null : versions.length > 1 && drawn.length > 0
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
          words={words}
          chosen={columns}
          icon={<IconColumns size={16} aria-hidden />}
          onChange={(metrics) => onChange({ metrics })}
        />
        <CopyRows
          count={versions?.length ?? 0}
          head={['version', 'aliases', ...columns, 'tags', 'size', 'made', 'by']}
          rows={() => (versions ?? []).map((version) => cellsOf(version, columns))}
        />
        <CompareButton collection={collection} selected={selected} />
      </div>
      {query.error !== null && (
        <ErrorNotice error={query.error} retry={() => void query.refetch()} />
      )}
      {versions?.length === 0 && (
        <Empty title={search.filter === undefined ? 'No versions yet' : 'No version meets this'}>
          <p>
            {search.filter === undefined
              ? 'Log one, and link it here: “Pull” above has the address of this server.'
              : 'Take a condition away.'}
          </p>
        </Empty>
      )}
      {hasChart && (
        <MetricChart
          versions={versions}
          metrics={drawn}
          measures={measures}
          lanes={lanes}
          onSelect={(some) => onChange({ selected: some })}
        />
      )}
      {query.error === null && versions === undefined && <SkeletonRows />}
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

interface CompareButtonProps {
  readonly collection: CollectionName
  readonly selected: readonly string[]
}

function CompareButton({ collection, selected }: CompareButtonProps) {
  const navigate = useNavigate()
  return (
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
  )
}

/** With what it bore then: of an alias that many bear the lanes name the first. */
function borneBy(version: Version, lanes: readonly Lane[]): Version {
  const borne = lanes.filter(({ versions }) => versions.includes(version.version))
  return { ...version, aliases: borne.map(({ alias }) => alias) }
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
