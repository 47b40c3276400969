import { useWindowVirtualizer } from '@tanstack/react-virtual'
import {
  type KeyboardEvent,
  type ReactNode,
  useEffect,
  useLayoutEffect,
  useRef,
  useState,
} from 'react'
import styles from './long-table.module.css'
import { SortHeader } from './sort-header.tsx'
import table from './table.module.css'
import { usePrinting } from './use-printing.ts'

export interface Column<Row> {
  readonly name: string
  /** What the list is sorted by when its head is clicked; without it there is nothing to click. */
  readonly sort?: string
  readonly isNumber?: boolean
  /** Buttons: their column needs no head but for readers, and no more room than they take. */
  readonly isActs?: boolean
  readonly cell: (row: Row) => ReactNode
}

interface LongTableProps<Row> {
  readonly label: string
  readonly rows: readonly Row[]
  /** The first names the row, and should hold the link to it. */
  readonly columns: readonly Column<Row>[]
  readonly keyOf: (row: Row) => string
  readonly rowHeight?: number
  readonly sort?: string | undefined
  readonly onSort?: (sort: string | undefined) => void
  /** There are more: asked for when the end comes near. */
  readonly hasMore?: boolean
  readonly onMore?: () => void
}

/** Rows before the end at which more are asked for. */
const NEAR_THE_END = 20

/** A table of any length: only rows on the screen are there. Arrows walk from row to row. */
export function LongTable<Row>(props: LongTableProps<Row>) {
  const { label, rows, columns, keyOf, rowHeight = 48, hasMore = false, onMore } = props
  const frame = useRef<HTMLDivElement>(null)
  const [top, setTop] = useState(0)
  useLayoutEffect(() => setTop(frame.current?.offsetTop ?? 0), [])
  const virtual = useWindowVirtualizer({
    count: rows.length,
    estimateSize: () => rowHeight,
    overscan: usePrinting() ? rows.length : 12,
    scrollMargin: top,
  })
  const shown = virtual.getVirtualItems()
  const last = shown.at(-1)?.index ?? 0
  const wantsMore = hasMore && last >= rows.length - NEAR_THE_END
  useEffect(() => {
    if (wantsMore) onMore?.()
  }, [wantsMore, onMore])
  const before = (shown[0]?.start ?? top) - top
  const after = virtual.getTotalSize() - ((shown.at(-1)?.end ?? top) - top)
  return (
    <div className={`${table.frame} ${styles.frame}`} ref={frame}>
      <table
        className={`${table.table} ${styles.table}`}
        aria-label={label}
        aria-rowcount={hasMore ? -1 : rows.length + 1}
      >
        <Head {...props} />
        <tbody onKeyDown={walkRows}>
          {before > 0 && <Spacer height={before} columns={columns.length} />}
          {shown.map(({ index }) => {
            const row = rows[index]
            if (row === undefined) return null
            return (
              <tr key={keyOf(row)} aria-rowindex={index + 2}>
                {columns.map(({ name, isNumber = false, isActs = false, cell }) => (
                  <td
                    key={name}
                    data-label={isActs ? '' : name}
                    data-acts={isActs}
                    style={{ height: rowHeight }}
                    className={isNumber ? table.number : undefined}
                  >
                    {cell(row)}
                  </td>
                ))}
              </tr>
            )
          })}
          {after > 0 && <Spacer height={after} columns={columns.length} />}
        </tbody>
      </table>
    </div>
  )
}

function Head<Row>({ columns, sort, onSort }: LongTableProps<Row>) {
  return (
    <thead>
      <tr>
        {columns.map(({ name, sort: column, isNumber = false, isActs = false }) =>
          column === undefined || onSort === undefined ? (
            <th key={name} scope="col" className={isNumber ? table.number : undefined}>
              {isActs ? <span className="visually-hidden">{name}</span> : name}
            </th>
          ) : (
            <SortHeader key={name} column={column} sort={sort} onSort={onSort}>
              {name}
            </SortHeader>
          ),
        )}
      </tr>
    </thead>
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

/** Up and down from the link of one row to that of the next. */
function walkRows(event: KeyboardEvent<HTMLElement>): void {
  if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return
  const row = (event.target as HTMLElement).closest('tr')
  const next = event.key === 'ArrowDown' ? row?.nextElementSibling : row?.previousElementSibling
  const link = next?.querySelector<HTMLElement>('a, button')
  if (link === null || link === undefined) return
  event.preventDefault()
  link.focus()
}
