import { Modal } from '@mantine/core'
import styles from './shell.module.css'

const KEYS: readonly (readonly [string, string])[] = [
  ['⌘ K or Ctrl K', 'Search models, versions, runs and actions'],
  ['/', 'The filter of this page'],
  ['m', 'On a card of the board: move a pointer to this version'],
  ['↑ ↓ ← →', 'On the board: from card to card'],
  ['+ −', 'On the timeline of the history: zoom'],
  ['Esc', 'Close what floats'],
  ['?', 'These shortcuts'],
]

interface ShortcutsModalProps {
  readonly opened: boolean
  readonly onClose: () => void
}

export default function ShortcutsModal({ opened, onClose }: ShortcutsModalProps) {
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title="Shortcuts"
      centered
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
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
