import { ActionIcon, type MantineSize } from '@mantine/core'
import { lazy, type ReactNode, Suspense, useState } from 'react'

// A button that opens a menu. Few menus of a page are ever opened, and what floats is a quarter of
// the code of the components: it is loaded with the first menu that somebody is about to open.

const load = () => import('./action-menu-parts.tsx')
const OpenMenu = lazy(load)

export interface MenuEntry {
  readonly label: string
  readonly icon: ReactNode
  readonly onClick: () => void
  readonly disabled?: boolean
}

export interface ActionMenuProps {
  /** Of the button, for readers. */
  readonly label: string
  readonly icon: ReactNode
  readonly entries: readonly MenuEntry[]
  /** A line above them that does nothing. */
  readonly heading?: string
  readonly size?: MantineSize
  readonly className?: string | undefined
}

export function ActionMenu(props: ActionMenuProps) {
  const { label, icon, size = 'md', className = '' } = props
  const [isAsked, setAsked] = useState(false)
  const button = (
    <ActionIcon
      variant="subtle"
      color="gray"
      size={size}
      className={className}
      aria-label={label}
      aria-haspopup="menu"
      aria-expanded={false}
      onPointerEnter={() => void load()}
      onFocus={() => void load()}
      onClick={() => setAsked(true)}
    >
      {icon}
    </ActionIcon>
  )
  return isAsked ? (
    <Suspense fallback={button}>
      <OpenMenu {...props} />
    </Suspense>
  ) : (
    button
  )
}
