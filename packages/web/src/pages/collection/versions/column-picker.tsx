import { Button, Checkbox, Popover } from '@mantine/core'
import type { ReactNode } from 'react'
import styles from './versions.module.css'

interface ColumnPickerProps {
  readonly numbers: readonly string[]
  readonly words: readonly string[]
  readonly chosen: readonly string[]
  readonly icon: ReactNode
  readonly onChange: (chosen: readonly string[]) => void
}

/** Which of the metadata are columns here, and its numbers lines on the board's cards. */
export function ColumnPicker({ numbers, words, chosen, icon, onChange }: ColumnPickerProps) {
  const known = new Set([...numbers, ...words])
  const others = chosen.filter((key) => !known.has(key))
  return (
    <Popover position="bottom-end" shadow="md" width={280}>
      <Popover.Target>
        <Button variant="default" leftSection={icon} disabled={known.size === 0}>
          Columns
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <Checkbox.Group value={[...chosen]} onChange={onChange} aria-label="Columns">
          <div className={styles.picker}>
            <Part title="Metrics" keys={[...numbers, ...others]} />
            <Part title="Other metadata" keys={words} />
          </div>
        </Checkbox.Group>
      </Popover.Dropdown>
    </Popover>
  )
}

function Part({ title, keys }: { readonly title: string; readonly keys: readonly string[] }) {
  if (keys.length === 0) return null
  return (
    <>
      <h3>{title}</h3>
      {keys.map((key) => (
        <Checkbox key={key} value={key} label={key} size="sm" />
      ))}
    </>
  )
}
