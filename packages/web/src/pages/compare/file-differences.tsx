import type { EntryDifference } from '@greenroom/sdk/wire'
import { Button } from '@mantine/core'
import { IconFile, IconFolder, IconMinus, IconPencil, IconPlus } from '@tabler/icons-react'
import { useMemo, useState } from 'react'
import { formatSize, plural } from '../../ui/format.ts'
import { TreeView } from '../../ui/tree-view.tsx'
import { turn } from '../../ui/value-tree.tsx'
import { type FileRow, fileRows, foldersOf } from '../version/file-tree.ts'
import { tensorKind } from '../version/tensor-query.ts'
import styles from './compare.module.css'
import type { Differences } from './compare-page.tsx'

interface FileDifferencesProps {
  readonly heads: readonly string[]
  readonly answers: readonly Differences[]
  /** Whose tensors are compared. */
  readonly file: string | undefined
  readonly onFile: (path: string) => void
}

/** A path, and how each head differs there; undefined: it does not. */
interface Differing {
  readonly path: string
  readonly size: null
  readonly changes: readonly (EntryDifference | undefined)[]
}

/**
 * Files as a tree: added, removed and changed against the base, a column for each other version.
 */
export function FileDifferences({ heads, answers, file, onFile }: FileDifferencesProps) {
  const [closed, setClosed] = useState<ReadonlySet<string>>(new Set())
  const lists = answers.map(({ data }) => data?.pages.flatMap(({ items }) => items) ?? [])
  const key = lists.map(({ length }) => length).join()
  // biome-ignore lint/correctness/useExhaustiveDependencies: `key` and `heads` stand for the lists
  const differing = useMemo(() => gather(lists), [key, heads.join('\n')])
  const root = useMemo(() => foldersOf(differing, ''), [differing])
  const rows = useMemo(() => fileRows(root, (path) => !closed.has(`${path}/`)), [root, closed])
  const unread = answers.filter(({ hasNextPage }) => hasNextPage)
  return (
    <section className={styles.section} aria-label="Files">
      <div className={styles.sectionHead}>
        <h2>Files</h2>
        <span className="faint num">{sayHowMany(differing.length, unread.length > 0)}</span>
        {unread.length > 0 && (
          <Button
            size="compact-sm"
            variant="default"
            loading={unread.some(({ isFetchingNextPage }) => isFetchingNextPage)}
            onClick={() => {
              for (const answer of unread) void answer.fetchNextPage()
            }}
          >
            Look further
          </Button>
        )}
      </div>
      {rows.length > 0 && (
        <div className={styles.tree}>
          <div className={styles.treeHead} aria-hidden>
            <span>Path</span>
            {heads.map((head, at) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: the same number may come twice
              <span key={at} className={`mono clip ${styles.change}`}>
                {head}
              </span>
            ))}
          </div>
          <TreeView
            label="Differing files"
            rows={rows}
            selected={file}
            onToggle={({ id }) => setClosed((before) => turn(before, id))}
            onSelect={({ id }) => tensorKind(id) !== undefined && onFile(id)}
          >
            {(row) => <Line row={row} />}
          </TreeView>
        </div>
      )}
    </section>
  )
}

function sayHowMany(count: number, isMore: boolean): string {
  if (count === 0 && !isMore) return 'no difference'
  const verb = count === 1 ? 'differs' : 'differ'
  return `${plural(count, 'path')} ${verb}${isMore ? ' so far' : ''}`
}

function gather(lists: readonly (readonly EntryDifference[])[]): readonly Differing[] {
  const byPath = new Map<string, (EntryDifference | undefined)[]>()
  for (const [at, list] of lists.entries())
    for (const difference of list) {
      const changes = byPath.get(difference.path) ?? Array.from(lists, () => undefined)
      changes[at] = difference
      byPath.set(difference.path, changes)
    }
  const paths = [...byPath.keys()].sort()
  return paths.map((path) => ({ path, size: null, changes: byPath.get(path) ?? [] }))
}

function Line({ row }: { readonly row: FileRow<Differing> }) {
  const Icon = row.entry === undefined ? IconFolder : IconFile
  return (
    <>
      <Icon size={16} aria-hidden className={styles.fileIcon ?? ''} />
      <bdi className={`clip ${styles.fileName}`} title={row.entry?.path ?? row.name}>
        {row.name}
        {row.entry !== undefined && tensorKind(row.entry.path) !== undefined && (
          <span className={styles.tensors}>tensors</span>
        )}
      </bdi>
      {row.entry === undefined ? (
        <span className="faint num">{plural(row.files, 'file')}</span>
      ) : (
        row.entry.changes.map((change, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a column has no other name
          <Change key={at} change={change} />
        ))
      )}
    </>
  )
}

const MARKS = { added: IconPlus, removed: IconMinus, changed: IconPencil } as const

function Change({ change }: { readonly change: EntryDifference | undefined }) {
  if (change === undefined) return <span className={`faint ${styles.change}`}>equal</span>
  const Mark = MARKS[change.change]
  const { base, head } = change
  const sizes = [base, head].flatMap((entry) =>
    entry?.size === null || entry === null ? [] : [formatSize(entry.size)],
  )
  const size = new Set(sizes).size === 1 ? sizes[0] : sizes.join(' → ')
  return (
    <span className={styles.change} data-change={change.change}>
      <Mark size={14} aria-hidden />
      <span>{change.change}</span>
      <span className="faint num">{size}</span>
    </span>
  )
}
