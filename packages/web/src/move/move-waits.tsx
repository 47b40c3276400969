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
    <MoveBegins title={title}>
      {children}
      {error === null ? (
        <SkeletonRows rows={6} height={32} />
      ) : (
        <ErrorNotice error={error} retry={retry} />
      )}
    </MoveBegins>
  )
}

/** The dialog while there is nothing to ask the server yet. */
export function MoveBegins({ title, children }: Pick<MoveWaitsProps, 'title' | 'children'>) {
  return (
    <>
      <Modal.Header className={styles.head ?? ''}>
        <Modal.Title>{title}</Modal.Title>
        <Modal.CloseButton aria-label="Close" />
      </Modal.Header>
      <Modal.Body className={styles.body ?? ''}>{children}</Modal.Body>
    </>
  )
}
