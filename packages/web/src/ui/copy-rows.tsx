import { ActionIcon } from '@mantine/core'
import { useClipboard } from '@mantine/hooks'
import { IconCheck, IconTableExport } from '@tabler/icons-react'
import { plural } from './format.ts'
import { rowsAsText } from './rows-as-text.ts'

interface CopyRowsProps {
  readonly head: readonly string[]
  /** Asked for when they are copied. */
  readonly rows: () => readonly (readonly (string | number)[])[]
  readonly count: number
}

/** Copies a table whole, as a spreadsheet takes it: also the rows that are not on the screen. */
export function CopyRows({ head, rows, count }: CopyRowsProps) {
  const { copied, copy } = useClipboard({ timeout: 1500 })
  const label = `Copy ${plural(count, 'row')} for a spreadsheet`
  return (
    <ActionIcon
      variant="default"
      size={36}
      title={label}
      aria-label={label}
      disabled={count === 0}
      onClick={() => copy(rowsAsText(head, rows()))}
    >
      {copied ? <IconCheck size={16} /> : <IconTableExport size={16} />}
      <span className="visually-hidden" role="status">
        {copied ? 'Copied' : ''}
      </span>
    </ActionIcon>
  )
}
