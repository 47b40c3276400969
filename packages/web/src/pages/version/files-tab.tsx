import type { CollectionName } from '@greenroom/sdk'
import type { Entry, Version } from '@greenroom/sdk/wire'
import { Button, TextInput } from '@mantine/core'
import { IconFile, IconFolder, IconLink, IconSearch } from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useDeferredValue, useMemo, useState } from 'react'
import { filesQuery } from '../../api/version-queries.ts'
import { formatCount, formatSize, plural } from '../../ui/format.ts'
import { Empty, ErrorNotice, SkeletonRows } from '../../ui/states.tsx'
import { TreeView } from '../../ui/tree-view.tsx'
import { turn } from '../../ui/value-tree.tsx'
import { FilePreview } from './file-preview.tsx'
import { type FileRow, fileRows, foldersOf } from './file-tree.ts'
import styles from './version.module.css'

/** Up to so many files all folders are open from the start. */
const OPEN_AT_MOST = 200

interface FilesTabProps {
  readonly collection: CollectionName
  readonly version: Version
  readonly filter: string
  readonly file: string | undefined
  readonly onFilter: (filter: string) => void
  readonly onFile: (path: string | undefined) => void
}

/** The manifest as a tree, and beside it what is in the file that was chosen. */
export function FilesTab(props: FilesTabProps) {
  const { collection, version, filter, file, onFilter, onFile } = props
  const query = useInfiniteQuery(filesQuery(collection, version.version))
  const entries = useMemo(() => query.data?.pages.flatMap(({ items }) => items) ?? [], [query.data])
  if (query.error !== null)
    return <ErrorNotice error={query.error} retry={() => void query.refetch()} />
  if (query.isPending) return <SkeletonRows height={32} />
  if (entries.length === 0)
    return (
      <Empty title="No files" icon={<IconFile size={32} aria-hidden />}>
        <p>This version has metadata only.</p>
      </Empty>
    )
  const chosen = entries.find(({ path }) => path === file)
  return (
    <div className={styles.files} data-chosen={chosen !== undefined}>
      <section className={styles.panel} aria-label="Files">
        <div className={styles.bar}>
          <TextInput
            aria-label="Filter files"
            placeholder="Filter files"
            data-page-filter
            leftSection={<IconSearch size={16} aria-hidden />}
            value={filter}
            onChange={({ currentTarget }) => onFilter(currentTarget.value)}
          />
          <span className="faint num">
            {plural(version.fileCount, 'file')}, {formatSize(version.size)}
          </span>
        </div>
        <FileTree entries={entries} filter={filter} file={file} onFile={onFile} />
        {query.hasNextPage && (
          <div className={styles.bar}>
            <span className="soft">
              {formatCount(entries.length)} of {plural(version.fileCount, 'file')} are listed.
            </span>
            <Button
              size="compact-sm"
              variant="default"
              loading={query.isFetchingNextPage}
              onClick={() => void query.fetchNextPage()}
            >
              List more
            </Button>
          </div>
        )}
      </section>
      {chosen === undefined ? (
        <div className={styles.previewHint}>
          <Empty title="Look into a file" icon={<IconFile size={32} aria-hidden />}>
            <p>Choose one: text, JSON, tables, images and the headers of weights are shown here.</p>
          </Empty>
        </div>
      ) : (
        <FilePreview
          key={chosen.path}
          place={{ collection, version: version.version, path: chosen.path }}
          entry={chosen}
          onClose={() => onFile(undefined)}
        />
      )}
    </div>
  )
}

interface FileTreeProps {
  readonly entries: readonly Entry[]
  readonly filter: string
  readonly file: string | undefined
  readonly onFile: (path: string) => void
}

function FileTree({ entries, filter, file, onFile }: FileTreeProps) {
  const wanted = useDeferredValue(filter)
  const [turned, setTurned] = useState<ReadonlySet<string>>(new Set())
  const root = useMemo(() => foldersOf(entries, wanted), [entries, wanted])
  const rows = useMemo(() => {
    const isSmall = wanted !== '' || entries.length <= OPEN_AT_MOST
    return fileRows(root, (path) => isSmall !== turned.has(`${path}/`))
  }, [root, wanted, entries.length, turned])
  if (rows.length === 0) return <p className={styles.nothing}>No path has that in it.</p>
  return (
    <TreeView
      label="Files"
      rows={rows}
      selected={file}
      onToggle={({ id }) => setTurned((before) => turn(before, id))}
      onSelect={({ id }) => onFile(id)}
    >
      {(row) => <FileLine row={row} />}
    </TreeView>
  )
}

function FileLine({ row }: { readonly row: FileRow<Entry> }) {
  const { entry, name, size, files } = row
  const Icon = entry === undefined ? IconFolder : entry.reference === null ? IconFile : IconLink
  return (
    <>
      <Icon size={16} aria-hidden className={styles.fileIcon ?? ''} />
      <bdi className="clip" title={entry?.path ?? name}>
        {name}
      </bdi>
      <span className={`faint num ${styles.fileSize}`}>
        {entry === undefined ? `${plural(files, 'file')}, ` : ''}
        {entry?.reference != null ? 'reference' : formatSize(size)}
      </span>
    </>
  )
}
