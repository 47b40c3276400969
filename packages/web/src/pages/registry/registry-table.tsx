import type { ListedCollection, Stage } from '@greenroom/sdk/wire'
import { useWindowVirtualizer } from '@tanstack/react-virtual'
import { useLayoutEffect, useMemo, useRef, useState } from 'react'
import type { RegistrySearch } from '../../app/page-search.ts'
import { SortHeader } from '../../ui/sort-header.tsx'
import { StageChip } from '../../ui/stage-chip.tsx'
import table from '../../ui/table.module.css'
import { usePrinting } from '../../ui/use-printing.ts'
import styles from './registry.module.css'
import { RegistryRow } from './registry-row.tsx'

interface RegistryTableProps {
  readonly rows: readonly ListedCollection[]
  readonly stages: readonly Stage[]
  readonly sort: string | undefined
  readonly onChange: (part: RegistrySearch) => void
}

const ROW_HEIGHT = 60
/** Their bearers are shown as a count: they are where versions come to rest. */
const isCrowded = ({ capacity }: Stage) => capacity === null

/** One row a collection, one column a stage. Only the rows on the screen are there. */
export function RegistryTable({ rows, stages, sort, onChange }: RegistryTableProps) {
  const frame = useRef<HTMLDivElement>(null)
  const [top, setTop] = useState(0)
  useLayoutEffect(() => setTop(frame.current?.offsetTop ?? 0), [])
  const virtual = useWindowVirtualizer({
    count: rows.length,
    estimateSize: () => ROW_HEIGHT,
    overscan: usePrinting() ? rows.length : 8,
    scrollMargin: top,
  })
  const shown = virtual.getVirtualItems()
  const before = (shown[0]?.start ?? top) - top
  const after = virtual.getTotalSize() - ((shown.at(-1)?.end ?? top) - top)
  const columns = useMemo(
    () => [...stages].sort((a, b) => Number(isCrowded(a)) - Number(isCrowded(b))),
    [stages],
  )
  const onSort = (next: string | undefined) => onChange({ sort: next })
  return (
    <div className={`${table.frame} ${styles.frame}`} ref={frame}>
      <table className={`${table.table} ${styles.table}`} aria-rowcount={rows.length + 1}>
        <thead>
          <tr>
            <SortHeader column="name" sort={sort} onSort={onSort} className={styles.nameColumn}>
              Collection
            </SortHeader>
            {columns.map((stage) => (
              <SortHeader key={stage.name} column={stage.name} sort={sort} onSort={onSort}>
                <StageChip name={stage.name} isProtected={stage.protected} />
              </SortHeader>
            ))}
            <SortHeader column="metric" sort={sort} onSort={onSort}>
              Key metric
            </SortHeader>
            <SortHeader column="move" sort={sort} onSort={onSort}>
              Last move
            </SortHeader>
            <SortHeader column="size" sort={sort} onSort={onSort} className={table.number}>
              Size
            </SortHeader>
            <th scope="col">
              <span className="visually-hidden">Actions</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {before > 0 && <Spacer height={before} columns={columns.length + 5} />}
          {shown.map(({ index }) => {
            const row = rows[index]
            return (
              row !== undefined && (
                <RegistryRow key={row.name} row={row} stages={columns} position={index + 2} />
              )
            )
          })}
          {after > 0 && <Spacer height={after} columns={columns.length + 5} />}
        </tbody>
      </table>
    </div>
  )
}

/** Holds the place of rows that are not there. */
function Spacer({ height, columns }: { readonly height: number; readonly columns: number }) {
  return (
    <tr aria-hidden className={styles.spacer}>
      <td colSpan={columns} style={{ height }} />
    </tr>
  )
}
