import { useDisclosure, useHotkeys } from '@mantine/hooks'
import { lazy, Suspense, useEffect, useState } from 'react'

const ShortcutsModal = lazy(() => import('./shortcuts-modal.tsx'))

let opened: (() => void) | undefined

export function openShortcuts(): void {
  opened?.()
}

/** What keys do, under `?`; `/` goes to the filter of the page. */
export function Shortcuts() {
  const [isOpen, { open, close }] = useDisclosure(false)
  const [isAsked, setAsked] = useState(false)
  useEffect(() => {
    opened = () => {
      setAsked(true)
      open()
    }
    return () => {
      opened = undefined
    }
  }, [open])
  useHotkeys([
    ['shift+?', openShortcuts],
    ['/', () => document.querySelector<HTMLInputElement>('[data-page-filter]')?.focus()],
  ])
  return <Suspense>{isAsked && <ShortcutsModal opened={isOpen} onClose={close} />}</Suspense>
}
