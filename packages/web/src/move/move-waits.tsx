import { Modal } from '@mantine/core'
import type { ReactNode } from 'react'
import { ErrorNotice, SkeletonRows } from '../ui/states.tsx'
import styles from './move.module.css'

interface MoveWaitsProps {
  readonly title: string
  readonly error: Error | null
  readonly retry: () => void
  /** What can be chosen already. */
  readonly children?: ReactNode
}

/** The dialog before the server has said what it would do, or when it says that it cannot. */
export function MoveWaits({ title, error, retry, children }: MoveWaitsProps) {
  return (
    <>
      <Modal.Header className={styles.head ?? ''}>
        <h2 id="move-title">{title}</h2>
        <Modal.CloseButton aria-label="Close" />
      </Modal.Header>
      <Modal.Body className={styles.body ?? ''}>
        {children}
        {error === null ? (
          <SkeletonRows rows={6} height={32} />
        ) : (
          <ErrorNotice error={error} retry={retry} />
        )}
      </Modal.Body>
    </>
  )
}
