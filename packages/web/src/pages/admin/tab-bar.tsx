import { TextInput } from '@mantine/core'
import { IconSearch } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import styles from './admin.module.css'

interface TabBarProps {
  readonly q: string
  readonly onFilter: (q: string) => void
  /** What the filter looks at; else names. */
  readonly filter?: string
  readonly children?: ReactNode
}

/** Above a list: the filter at the left, what can be made at the right. */
export function TabBar({ q, onFilter, filter = 'Filter by name', children }: TabBarProps) {
  return (
    <div className={styles.bar}>
      <TextInput
        aria-label={filter}
        placeholder={filter}
        data-page-filter
        leftSection={<IconSearch size={16} aria-hidden />}
        value={q}
        onChange={({ currentTarget }) => onFilter(currentTarget.value)}
      />
      <div className={styles.acts}>{children}</div>
    </div>
  )
}
