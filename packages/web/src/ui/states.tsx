import { isGreenroomError } from '@greenroom/sdk'
import { Button, Skeleton } from '@mantine/core'
import { useClipboard } from '@mantine/hooks'
import { IconAlertTriangle } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import styles from './ui.module.css'

/** What went wrong, in the place where the thing would be: the code, what to do, the details. */
export function ErrorNotice({
  error,
  retry,
}: {
  readonly error: unknown
  readonly retry?: () => void
}) {
  const { copied, copy } = useClipboard()
  const known = isGreenroomError(error) ? error : undefined
  const message = error instanceof Error ? error.message : String(error)
  const details = JSON.stringify(
    {
      code: known?.code,
      status: known?.status,
      requestId: known?.requestId,
      message,
      details: known?.details,
      page: location.href,
    },
    null,
    2,
  )
  return (
    <div className={styles.notice} role="alert">
      <IconAlertTriangle size={20} aria-hidden />
      <div>
        <p>{message}</p>
        <p className="mono faint">{known?.code ?? 'page_error'}</p>
        <div className={styles.noticeActions}>
          {retry !== undefined && (
            <Button size="compact-sm" variant="default" onClick={retry}>
              Try again
            </Button>
          )}
          <Button size="compact-sm" variant="subtle" onClick={() => copy(details)}>
            {copied ? 'Copied' : 'Copy details'}
          </Button>
        </div>
      </div>
    </div>
  )
}

interface EmptyProps {
  readonly title: string
  readonly children?: ReactNode
  readonly icon?: ReactNode
}

/** Nothing here: why, and what to do about it. */
export function Empty({ title, children, icon }: EmptyProps) {
  return (
    <div className={styles.empty}>
      {icon}
      <h2>{title}</h2>
      {children}
    </div>
  )
}

/** Where a picture will be, as high as that. */
export function SkeletonBlock({ height }: { readonly height: number }) {
  return (
    <div role="status" aria-label="Loading">
      <Skeleton height={height} radius="md" />
    </div>
  )
}

/** Lines where rows will be, as high as those: nothing jumps when they come. */
export function SkeletonRows({
  rows = 8,
  height = 44,
}: {
  readonly rows?: number
  readonly height?: number
}) {
  return (
    <div role="status" aria-label="Loading">
      {Array.from({ length: rows }, (_, row) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: lines that are all alike
        <div key={row} className={styles.skeletonRow} style={{ height }}>
          <Skeleton height={12} width={`${24 + ((row * 17) % 20)}%`} />
          <Skeleton height={12} width="12%" />
          <Skeleton height={12} width="16%" />
        </div>
      ))}
    </div>
  )
}
