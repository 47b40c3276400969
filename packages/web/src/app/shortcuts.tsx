import { Modal } from '@mantine/core'
import { useDisclosure, useHotkeys } from '@mantine/hooks'
import { useEffect } from 'react'
import styles from './shell.module.css'

const KEYS: readonly (readonly [string, string])[] = [
  ['⌘ K or Ctrl K', 'Search models, versions and actions'],
  ['/', 'The filter of this page'],
  ['m', 'On a card of the board: move a pointer to this version'],
  ['↑ ↓ ← →', 'On the board: from card to card'],
  ['Esc', 'Close what floats'],
  ['?', 'These shortcuts'],
]

let opened: (() => void) | undefined

export function openShortcuts(): void {
  opened?.()
}

export function Shortcuts() {
  const [isOpen, { open, close }] = useDisclosure(false)
  useEffect(() => {
    opened = open
    return () => {
      opened = undefined
    }
  }, [open])
  useHotkeys([
    ['shift+?', open],
    ['/', () => document.querySelector<HTMLInputElement>('[data-page-filter]')?.focus()],
  ])
  return (
    <Modal opened={isOpen} onClose={close} title="Shortcuts" centered>
      <dl className={styles.shortcuts}>
        {KEYS.map(([key, meaning]) => (
          <div key={key}>
            <dt>
              <kbd className={styles.key}>{key}</kbd>
            </dt>
            <dd>{meaning}</dd>
          </div>
        ))}
      </dl>
    </Modal>
  )
}
