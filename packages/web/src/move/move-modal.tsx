import { Modal } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { MoveDialog } from './move-dialog.tsx'
import { closeMove, type MoveRequest } from './open-move.ts'
import { RollbackDialog } from './rollback-dialog.tsx'

/** In a window of its own, on a phone over the whole screen. */
export default function MoveModal({ request }: { readonly request: MoveRequest | undefined }) {
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
      <Modal.Content>
        {request?.kind === 'move' && <MoveDialog {...request} />}
        {request?.kind === 'rollback' && <RollbackDialog {...request} />}
      </Modal.Content>
    </Modal.Root>
  )
}
