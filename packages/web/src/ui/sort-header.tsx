import { UnstyledButton } from '@mantine/core'
import { IconArrowDown, IconArrowUp } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import styles from './table.module.css'

interface SortHeaderProps {
  readonly column: string
  /** The column that is sorted by; `-` before it: descending. */
  readonly sort: string | undefined
  readonly onSort: (sort: string | undefined) => void
  readonly children: ReactNode
  readonly className?: string | undefined
}

/** Head of a column: a click sorts by it, a second the other way, a third not at all. */
export function SortHeader({ column, sort, onSort, children, className }: SortHeaderProps) {
  const isUp = sort === column
  const isDown = sort === `-${column}`
  const next = isUp ? `-${column}` : isDown ? undefined : column
  return (
    <th
      scope="col"
      className={className}
      aria-sort={isUp ? 'ascending' : isDown ? 'descending' : 'none'}
    >
      <UnstyledButton className={styles.sort} onClick={() => onSort(next)}>
        {children}
        {isUp && <IconArrowUp size={14} aria-hidden />}
        {isDown && <IconArrowDown size={14} aria-hidden />}
      </UnstyledButton>
    </th>
  )
}
