import { ActionIcon, Menu, Tooltip, UnstyledButton, useMantineColorScheme } from '@mantine/core'
import {
  IconDeviceDesktop,
  IconKeyboard,
  IconLogout,
  IconMoon,
  IconSearch,
  IconSun,
  IconUser,
} from '@tabler/icons-react'
import { useSuspenseQuery } from '@tanstack/react-query'
import { meQuery } from '../api/queries.ts'
import { signOut } from '../api/session.ts'
import { type ConnectionState, useConnectionState } from '../live/connection-state.ts'
import { Breadcrumb } from './breadcrumb.tsx'
import { openPalette } from './palette-host.tsx'
import styles from './shell.module.css'
import { openShortcuts } from './shortcuts.tsx'

/** Where I am, the search, how the connection fares, the theme, me. */
export function TopLine() {
  return (
    <header className={styles.top}>
      <Breadcrumb />
      <UnstyledButton className={styles.search} onClick={openPalette} aria-label="Search">
        <IconSearch size={16} aria-hidden />
        <span className={styles.searchText}>Search models, versions, actions</span>
        <kbd className={styles.key}>⌘K</kbd>
      </UnstyledButton>
      <div className={styles.topEnd}>
        <ConnectionDot />
        <ThemeSwitch />
        <MeMenu />
      </div>
    </header>
  )
}

const SAYING: Readonly<Record<ConnectionState, readonly [string, string]>> = {
  live: ['Live', 'Changes of others appear as they happen'],
  reconnecting: ['Reconnecting', 'The connection is lost: what you see may be old'],
  offline: ['Offline', 'This device has no network: what you see may be old'],
}

function ConnectionDot() {
  const state = useConnectionState()
  const [word, sentence] = SAYING[state]
  return (
    <Tooltip label={sentence}>
      <span className={styles.dot} data-state={state} role="status">
        <span className={styles.dotWord}>{word}</span>
      </span>
    </Tooltip>
  )
}

function ThemeSwitch() {
  const { colorScheme, setColorScheme } = useMantineColorScheme({ keepTransitions: true })
  const choices = [
    { value: 'light', label: 'Light', icon: <IconSun size={16} aria-hidden /> },
    { value: 'dark', label: 'Dark', icon: <IconMoon size={16} aria-hidden /> },
    { value: 'auto', label: 'As the system', icon: <IconDeviceDesktop size={16} aria-hidden /> },
  ] as const
  const current = choices.find(({ value }) => value === colorScheme)
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" aria-label={`Theme: ${current?.label ?? ''}`}>
          {current?.icon}
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {choices.map(({ value, label, icon }) => (
          <Menu.Item key={value} leftSection={icon} onClick={() => setColorScheme(value)}>
            {label}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}

function MeMenu() {
  const { data: me } = useSuspenseQuery(meQuery())
  return (
    <Menu position="bottom-end" width={220}>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" aria-label={`Me: ${me.user.username}`}>
          <IconUser size={18} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          {me.user.displayName} ({me.user.username}){me.user.admin ? ', administrator' : ''}
        </Menu.Label>
        <Menu.Item leftSection={<IconKeyboard size={16} />} onClick={openShortcuts}>
          Shortcuts
        </Menu.Item>
        <Menu.Item leftSection={<IconLogout size={16} />} onClick={() => void signOut()}>
          Sign out
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
