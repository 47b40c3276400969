import { ActionIcon, TextInput } from '@mantine/core'
import { useClipboard } from '@mantine/hooks'
import { IconCheck, IconCopy, IconSearch } from '@tabler/icons-react'
import { useDeferredValue, useMemo, useState } from 'react'
import { plural } from './format.ts'
import { TreeView } from './tree-view.tsx'
import { countValues, type ValueRow, valueRows } from './value-rows.ts'
import styles from './value-tree.module.css'

interface ValueTreeProps {
  readonly label: string
  readonly value: unknown
  /** What is searched for, where it stands in the address; else the tree keeps it. */
  readonly query?: string | undefined
  readonly onQuery?: (query: string) => void
}

/** Up to so many values everything is open from the start. */
const OPEN_AT_MOST = 120

/** JSON to be looked through: search, open and close, copy the path of a value. */
export function ValueTree({ label, value, query, onQuery }: ValueTreeProps) {
  const [own, setOwn] = useState('')
  const typed = query ?? own
  const wanted = useDeferredValue(typed)
  const isSmall = useMemo(() => countValues(value, OPEN_AT_MOST + 1) <= OPEN_AT_MOST, [value])
  // Those that were opened or closed by hand, against what they would be.
  const [turned, setTurned] = useState<ReadonlySet<string>>(new Set())
  const rows = useMemo(() => {
    const isOpen = (path: string, level: number) => (isSmall || level < 1) !== turned.has(path)
    return valueRows(value, isOpen, wanted)
  }, [value, isSmall, turned, wanted])
  const { copied, copy, path } = useCopiedPath()
  return (
    <section className={styles.box} aria-label={label}>
      <div className={styles.bar}>
        <TextInput
          aria-label={`Search in ${label.toLowerCase()}`}
          placeholder="Search keys and values"
          leftSection={<IconSearch size={16} aria-hidden />}
          value={typed}
          onChange={({ currentTarget }) => (onQuery ?? setOwn)(currentTarget.value)}
          className={styles.search ?? ''}
        />
        <span className={`faint num ${styles.count}`} role="status">
          {wanted === '' ? '' : rows.length === 0 ? 'Nothing found' : plural(rows.length, 'row')}
        </span>
      </div>
      <TreeView
        label={label}
        rows={rows}
        onToggle={({ id }) => setTurned((before) => turn(before, id))}
        onCopy={copy}
      >
        {(row) => <Value row={row} isCopied={copied && path === row.path} onCopy={copy} />}
      </TreeView>
    </section>
  )
}

export function turn(set: ReadonlySet<string>, member: string): ReadonlySet<string> {
  const turned = new Set(set)
  if (!turned.delete(member)) turned.add(member)
  return turned
}

function useCopiedPath() {
  const { copied, copy } = useClipboard({ timeout: 1500 })
  const [path, setPath] = useState<string>()
  return {
    copied,
    path,
    copy(row: ValueRow) {
      setPath(row.path)
      copy(row.path)
    },
  }
}

interface ValueProps {
  readonly row: ValueRow
  readonly isCopied: boolean
  readonly onCopy: (row: ValueRow) => void
}

function Value({ row, isCopied, onCopy }: ValueProps) {
  return (
    <>
      {row.name !== '' && (
        <span className={styles.name} title={row.path}>
          {row.name}
        </span>
      )}
      <span className={styles.value} data-kind={row.kind} title={row.text}>
        {row.text}
      </span>
      {row.path !== '' && (
        <ActionIcon
          size="sm"
          variant="subtle"
          color="gray"
          tabIndex={-1}
          data-hover
          aria-label={`Copy path ${row.path}`}
          onClick={(event) => {
            event.stopPropagation()
            onCopy(row)
          }}
        >
          {isCopied ? <IconCheck size={14} aria-hidden /> : <IconCopy size={14} aria-hidden />}
        </ActionIcon>
      )}
    </>
  )
}
