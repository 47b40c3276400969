import { Modal } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { lazy, Suspense, useSyncExternalStore } from 'react'
import { SkeletonRows } from '../ui/states.tsx'
import { closeMove, currentMove, onMoveRequest } from './open-move.ts'

const MoveDialog = lazy(() => import('./move-dialog.tsx'))
const RollbackDialog = lazy(() => import('./rollback-dialog.tsx'))

/** The dialog in which every pointer is moved, wherever it was asked for. */
export function MoveHost() {
  const request = useSyncExternalStore(onMoveRequest, currentMove)
  const isPhone = useMediaQuery('(max-width: 720px)') ?? false
  return (
    <Modal.Root
      opened={request !== undefined}
      onClose={closeMove}
      size={880}
      centered
      fullScreen={isPhone}
      lockScroll={false}
    >
      <Modal.Overlay />
      <Modal.Content aria-labelledby="move-title">
        <Suspense fallback={<SkeletonRows rows={5} />}>
          {request?.kind === 'move' && <MoveDialog {...request} />}
          {request?.kind === 'rollback' && <RollbackDialog {...request} />}
        </Suspense>
      </Modal.Content>
    </Modal.Root>
  )
}
