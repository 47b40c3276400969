import type { Entry } from '@greenroom/sdk/wire'
import { ActionIcon, Button } from '@mantine/core'
import { IconDownload, IconX } from '@tabler/icons-react'
import { useMutation, useSuspenseQuery } from '@tanstack/react-query'
import { meQuery } from '../../api/queries.ts'
import { type FilePlace, fileUrl, readFileStart } from '../../api/read-file.ts'
import { CopyText, Digest } from '../../ui/copy-text.tsx'
import { formatSize } from '../../ui/format.ts'
import { FileContent } from './file-content.tsx'
import styles from './version.module.css'

interface FilePreviewProps {
  readonly place: FilePlace
  readonly entry: Entry
  readonly onClose: () => void
}

/** One file: what it is called, its digest, the way to get it, and a look into it. */
export function FilePreview({ place, entry, onClose }: FilePreviewProps) {
  return (
    <section className={styles.panel} aria-label={`File ${entry.path}`}>
      <header className={styles.previewHead}>
        <div className={styles.previewName}>
          <h2>
            <bdi>{entry.path}</bdi>
          </h2>
          <span className={styles.previewFacts}>
            {entry.size !== null && <span className="soft num">{formatSize(entry.size)}</span>}
            {entry.digest !== null && <Digest digest={entry.digest} />}
          </span>
        </div>
        {entry.digest !== null && <Download place={place} size={entry.size ?? 0} />}
        <ActionIcon variant="subtle" color="gray" onClick={onClose} aria-label="Close the file">
          <IconX size={18} aria-hidden />
        </ActionIcon>
      </header>
      {entry.reference === null ? (
        <FileContent place={place} entry={entry} />
      ) : (
        <div className={styles.reference}>
          <p className="soft">
            The bytes lie elsewhere. The registry keeps this address as text and never fetches it.
          </p>
          <CopyText text={entry.reference} what="reference" />
        </div>
      )}
    </section>
  )
}

/** More than a tab should hold in memory. */
const MAX_KEPT_BYTES = 256 * 1024 * 1024

/** With a session the browser asks by itself; a key lives in this tab only, so the tab asks. */
function Download({ place, size }: { readonly place: FilePlace; readonly size: number }) {
  const { data: me } = useSuspenseQuery(meQuery())
  const name = place.path.slice(place.path.lastIndexOf('/') + 1)
  const { mutate, isPending, error } = useMutation({
    mutationFn: async () => {
      const bytes = size === 0 ? '' : await readFileStart(place, size, new AbortController().signal)
      save(new Blob([bytes], { type: 'application/octet-stream' }), name)
    },
  })
  const look = {
    size: 'compact-sm',
    variant: 'default',
    leftSection: <IconDownload size={16} aria-hidden />,
  } as const
  if (me.signedInBy === 'session')
    return (
      <Button component="a" href={fileUrl(place)} download={name} {...look}>
        Download
      </Button>
    )
  if (size > MAX_KEPT_BYTES)
    return (
      <span className="soft">
        Too large for a tab that signed in with a key: use <code>greenroom pull</code>.
      </span>
    )
  return (
    <Button {...look} loading={isPending} onClick={() => mutate()}>
      {error === null ? 'Download' : 'Failed: try again'}
    </Button>
  )
}

function save(blob: Blob, name: string): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(blob)
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000)
}
