import { ActionIcon, Menu } from '@mantine/core'
import { useEffect, useState } from 'react'
import type { ActionMenuProps } from './action-menu.tsx'

/** The menu itself, which opens as soon as it is there. */
export default function OpenMenu(props: ActionMenuProps) {
  const { label, icon, entries, heading, size = 'md', className = '' } = props
  const [isOpen, setOpen] = useState(false)
  useEffect(() => setOpen(true), [])
  return (
    <Menu position="bottom-end" opened={isOpen} onChange={setOpen}>
      <Menu.Target>
        <ActionIcon
          variant="subtle"
          color="gray"
          size={size}
          className={className}
          aria-label={label}
        >
          {icon}
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {heading !== undefined && <Menu.Label>{heading}</Menu.Label>}
        {entries.map(({ label: words, icon: sign, onClick, disabled = false }) => (
          <Menu.Item key={words} leftSection={sign} disabled={disabled} onClick={onClick}>
            {words}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}
