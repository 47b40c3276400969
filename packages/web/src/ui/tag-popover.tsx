import { Popover, UnstyledButton } from '@mantine/core'
import type { ReactNode } from 'react'
import styles from './ui.module.css'

interface TagPopoverProps {
  readonly label: string
  /** What is clicked. */
  readonly words: string
  readonly children: ReactNode
}

/** The tags that had no room, open as soon as they are there. */
export default function TagPopover({ label, words, children }: TagPopoverProps) {
  return (
    <Popover shadow="md" width={320} position="bottom-start" defaultOpened trapFocus>
      <Popover.Target>
        <UnstyledButton className={styles.tag} aria-label={label}>
          {words}
        </UnstyledButton>
      </Popover.Target>
      <Popover.Dropdown>
        <span className={styles.chips}>{children}</span>
      </Popover.Dropdown>
    </Popover>
  )
}
