import type { OwnerName } from '@greenroom/sdk/wire'
import { Button } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconPlus } from '@tabler/icons-react'
import { lazy, Suspense, useState } from 'react'

const NewCollectionModal = lazy(() => import('./new-collection-modal.tsx'))

export function NewCollection({ owner }: { readonly owner: OwnerName }) {
  const [isOpen, { open, close }] = useDisclosure(false)
  const [isAsked, setAsked] = useState(false)
  return (
    <>
      <Button
        variant="default"
        leftSection={<IconPlus size={16} aria-hidden />}
        onClick={() => {
          setAsked(true)
          open()
        }}
      >
        New collection
      </Button>
      <Suspense>
        {isAsked && <NewCollectionModal owner={owner} opened={isOpen} onClose={close} />}
      </Suspense>
    </>
  )
}
