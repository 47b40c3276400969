import type { CollectionName } from '@greenroom/sdk'
import type { Version } from '@greenroom/sdk/wire'
import { useMediaQuery } from '@mantine/hooks'
import { useVirtualizer } from '@tanstack/react-virtual'
import { memo, useCallback, useEffect, useRef } from 'react'
import type { CollectionSearch } from '../../../app/page-search.ts'
import { formatMetric, formatSize } from '../../../ui/format.ts'
import { type Scalar, scalarsOf } from '../../../ui/metrics.ts'
import { SortHeader } from '../../../ui/sort-header.tsx'
import { AliasChips } from '../../../ui/stage-chip.tsx'
import table from '../../../ui/table.module.css'
import { TagList } from '../../../ui/tag-list.tsx'
import { Time } from '../../../ui/time.tsx'
import { usePrinting } from '../../../ui/use-printing.ts'
import { VersionLink } from '../../../ui/version-link.tsx'
import styles from './versions.module.css'

interface VersionsTableProps {
  readonly collection: CollectionName
  readonly versions: readonly Version[]
  readonly columns: readonly string[]
  readonly search: CollectionSearch
  readonly onChange: (part: CollectionSearch) => void
  readonly more: {
    readonly hasNextPage: boolean
    readonly isFetchingNextPage: boolean
    readonly fetchNextPage: () => unknown
  }
}

const ROW_HEIGHT = 44
/** Of a row that is a list of its cells. */
const PHONE_ROW_HEIGHT = 112
const NONE: readonly string[] = []

/** Thousands of versions: pages come as one scrolls, and only the rows on the screen are there. */
export function VersionsTable(props: VersionsTableProps) {
  const { collection, versions, columns, search, onChange, more } = props
  const frame = useRef<HTMLDivElement>(null)
  const isPhone = useMediaQuery('(max-width: 720px)') ?? false
  const rowHeight = isPhone ? PHONE_ROW_HEIGHT : ROW_HEIGHT
  const virtual = useVirtualizer({
    count: versions.length,
    getScrollElement: () => frame.current,
    estimateSize: () => rowHeight,
    overscan: usePrinting() ? versions.length : 10,
  })
  // biome-ignore lint/correctness/useExhaustiveDependencies: rows are as high as the window is wide
  useEffect(() => virtual.measure(), [rowHeight])
  const shown = virtual.getVirtualItems()
  const before = shown[0]?.start ?? 0
  const after = virtual.getTotalSize() - (shown.at(-1)?.end ?? 0)
  const last = shown.at(-1)?.index ?? 0
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = more
  useEffect(() => {
    if (hasNextPage && !isFetchingNextPage && last >= versions.length - 20) fetchNextPage()
  }, [hasNextPage, isFetchingNextPage, fetchNextPage, last, versions.length])
  const selected = search.selected ?? NONE
  const toggle = useCallback(
    (version: string) =>
      onChange({
        selected: selected.includes(version)
          ? selected.filter((one) => one !== version)
          : [...selected, version],
      }),
    [selected, onChange],
  )
  const sorting = {
    sort: search.sort,
    onSort: (sort: string | undefined) => onChange({ sort }),
  }
  return (
    <section
      ref={frame}
      className={`${table.frame} ${styles.frame}`}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: keys must scroll it
      tabIndex={0}
      aria-label="Versions"
    >
      <table className={`${table.table} ${styles.table}`} aria-rowcount={versions.length + 1}>
        <thead>
          <tr>
            <th scope="col" className={styles.sticky}>
              Version
            </th>
            <th scope="col">Aliases</th>
            {columns.map((key) => (
              <SortHeader
                key={key}
                column={`metadata.${key}`}
                {...sorting}
                className={table.number}
              >
                <span className={`clip ${styles.metricName}`} title={key}>
                  {key}
                </span>
              </SortHeader>
            ))}
            <th scope="col">Tags</th>
            <SortHeader column="size" {...sorting} className={table.number}>
              Size
            </SortHeader>
            <SortHeader column="createdAt" {...sorting}>
              Made
            </SortHeader>
            <th scope="col">By</th>
          </tr>
        </thead>
        <tbody>
          {before > 0 && <Spacer height={before} columns={columns.length + 6} />}
          {shown.map(({ index }) => {
            const version = versions[index]
            return (
              version !== undefined && (
                <Row
                  key={version.version}
                  collection={collection}
                  version={version}
                  columns={columns}
                  position={index + 2}
                  isSelected={selected.includes(version.version)}
                  onToggle={toggle}
                />
              )
            )
          })}
          {after > 0 && <Spacer height={after} columns={columns.length + 6} />}
        </tbody>
      </table>
    </section>
  )
}

function Spacer({ height, columns }: { readonly height: number; readonly columns: number }) {
  return (
    <tr aria-hidden className={styles.spacer}>
      <td colSpan={columns} style={{ height }} />
    </tr>
  )
}

interface RowProps {
  readonly collection: CollectionName
  readonly version: Version
  readonly columns: readonly string[]
  readonly position: number
  readonly isSelected: boolean
  readonly onToggle: (version: string) => void
}

/** Scrolling draws the rows that come, and no row anew that is there. */
const Row = memo(function Row({
  collection,
  version,
  columns,
  position,
  isSelected,
  onToggle,
}: RowProps) {
  const values = scalarsOf(version.metadata)
  return (
    <tr aria-rowindex={position} data-selected={isSelected}>
      <td className={styles.sticky}>
        <span className={styles.first}>
          <input
            type="checkbox"
            checked={isSelected}
            onChange={() => onToggle(version.version)}
            aria-label={`Select ${version.version}`}
          />
          <VersionLink collection={collection} version={version.version} />
        </span>
      </td>
      <td className={styles.borne}>
        <AliasChips aliases={version.aliases} />
      </td>
      {columns.map((key) => {
        const value = values.get(key)
        return (
          <td
            key={key}
            data-label={key}
            className={typeof value === 'number' ? table.number : undefined}
          >
            <Value value={value} />
          </td>
        )
      })}
      <td className={styles.tags}>
        <TagList tags={version.tags} show={2} />
      </td>
      <td className={`${table.number} ${styles.aside}`}>{formatSize(version.size)}</td>
      <td className={`soft ${styles.aside}`}>
        <Time at={version.createdAt} />
      </td>
      <td className={`soft ${styles.aside}`}>{version.createdBy}</td>
    </tr>
  )
})

function Value({ value }: { readonly value: Scalar | undefined }) {
  if (value === undefined) return <span className="faint">–</span>
  if (typeof value === 'number') return formatMetric(value)
  return (
    <span className={`clip ${styles.words}`} title={String(value)}>
      {String(value)}
    </span>
  )
}
