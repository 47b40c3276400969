import { Button, Checkbox, Popover } from '@mantine/core'
import type { ReactNode } from 'react'
import styles from './versions.module.css'

interface ColumnPickerProps {
  readonly known: readonly string[]
  readonly chosen: readonly string[]
  readonly icon: ReactNode
  readonly onChange: (chosen: readonly string[]) => void
}

/** Which metrics are columns here and lines on the board's cards. */
export function ColumnPicker({ known, chosen, icon, onChange }: ColumnPickerProps) {
  const all = [...new Set([...chosen, ...known])]
  return (
    <Popover position="bottom-end" shadow="md" width={280}>
      <Popover.Target>
        <Button variant="default" leftSection={icon} disabled={all.length === 0}>
          Metrics
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <Checkbox.Group value={[...chosen]} onChange={onChange} label="Columns">
          <div className={styles.picker}>
            {all.map((key) => (
              <Checkbox key={key} value={key} label={key} size="sm" />
            ))}
          </div>
        </Checkbox.Group>
      </Popover.Dropdown>
    </Popover>
  )
}
