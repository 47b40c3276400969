import { IconChevronRight } from '@tabler/icons-react'
import { useVirtualizer } from '@tanstack/react-virtual'
import { type KeyboardEvent, type ReactNode, useId, useRef, useState } from 'react'
import styles from './tree-view.module.css'

export interface TreeRow {
  readonly id: string
  /** 0 is the outermost. */
  readonly level: number
  /** Undefined: a leaf, which never opens. */
  readonly open?: boolean | undefined
}

interface TreeViewProps<Row extends TreeRow> {
  readonly label: string
  /** All that are to be seen, in order: what lies in a closed one is left out. */
  readonly rows: readonly Row[]
  readonly selected?: string | undefined
  readonly onToggle: (row: Row) => void
  readonly onSelect?: ((row: Row) => void) | undefined
  /** The key `c`. */
  readonly onCopy?: (row: Row) => void
  /** What stands in a row, behind its arrow. */
  readonly children: (row: Row) => ReactNode
}

export const ROW_HEIGHT = 32
const INDENT = 20
/** Rows beyond the edge that are kept drawn. */
const OVERSCAN = 12

/** A tree of any size: only rows on the screen are there. Walked as ARIA says that trees are. */
export function TreeView<Row extends TreeRow>(props: TreeViewProps<Row>) {
  const { label, rows, selected, onToggle, onSelect, children } = props
  const prefix = useId()
  const frame = useRef<HTMLDivElement>(null)
  const [activeId, setActiveId] = useState(selected)
  const active = Math.max(
    0,
    rows.findIndex(({ id }) => id === activeId),
  )
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => frame.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: OVERSCAN,
  })
  const go = (to: number) => {
    const row = rows[Math.min(Math.max(to, 0), rows.length - 1)]
    if (row === undefined) return
    setActiveId(row.id)
    virtual.scrollToIndex(rows.indexOf(row))
  }
  const choose = (row: Row) => {
    setActiveId(row.id)
    if (row.open === undefined) onSelect?.(row)
    else onToggle(row)
  }
  return (
    <div
      ref={frame}
      role="tree"
      aria-label={label}
      tabIndex={0}
      className={styles.tree}
      aria-activedescendant={rows.length === 0 ? undefined : `${prefix}${active}`}
      onKeyDown={(event) => onKey(event, { ...props, active, go, choose })}
    >
      <div role="none" style={{ height: virtual.getTotalSize(), position: 'relative' }}>
        {virtual.getVirtualItems().map(({ index, start }) => {
          const row = rows[index]
          if (row === undefined) return null
          return (
            // biome-ignore lint/a11y/useKeyWithClickEvents: the tree itself listens to keys
            <div
              key={row.id}
              id={`${prefix}${index}`}
              role="treeitem"
              tabIndex={-1}
              aria-level={row.level + 1}
              aria-expanded={row.open}
              aria-selected={row.id === selected}
              data-active={index === active}
              className={styles.row}
              style={{
                transform: `translateY(${start}px)`,
                height: ROW_HEIGHT,
                paddingLeft: 8 + row.level * INDENT,
              }}
              onClick={() => choose(row)}
            >
              <span className={styles.arrow} data-open={row.open}>
                {row.open !== undefined && <IconChevronRight size={16} aria-hidden />}
              </span>
              {children(row)}
            </div>
          )
        })}
      </div>
    </div>
  )
}

interface Walk<Row extends TreeRow> extends TreeViewProps<Row> {
  readonly active: number
  readonly go: (to: number) => void
  readonly choose: (row: Row) => void
}

function onKey<Row extends TreeRow>(event: KeyboardEvent, walk: Walk<Row>): void {
  const { rows, active, go, choose, onToggle, onCopy } = walk
  const row = rows[active]
  if (row === undefined || event.ctrlKey || event.metaKey || event.altKey) return
  const act: Readonly<Record<string, () => void>> = {
    ArrowDown: () => go(active + 1),
    ArrowUp: () => go(active - 1),
    Home: () => go(0),
    End: () => go(rows.length - 1),
    PageDown: () => go(active + 12),
    PageUp: () => go(active - 12),
    ArrowRight: () => (row.open === false ? onToggle(row) : go(active + 1)),
    ArrowLeft: () => (row.open === true ? onToggle(row) : go(parentOf(rows, active))),
    Enter: () => choose(row),
    ' ': () => choose(row),
    c: () => onCopy?.(row),
  }
  if (!Object.hasOwn(act, event.key)) return
  event.preventDefault()
  event.stopPropagation()
  act[event.key]?.()
}

function parentOf(rows: readonly TreeRow[], at: number): number {
  const level = rows[at]?.level ?? 0
  for (let above = at - 1; above >= 0; above--) if ((rows[above]?.level ?? 0) < level) return above
  return at
}
