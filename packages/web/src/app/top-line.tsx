import { UnstyledButton, useMantineColorScheme } from '@mantine/core'
import {
  IconDeviceDesktop,
  IconDoorExit,
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
import { ActionMenu } from '../ui/action-menu.tsx'
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
        <span className={styles.searchText}>Search models, versions, runs</span>
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
    <span className={styles.dot} data-state={state} role="status" title={sentence}>
      <span className={styles.dotWord}>{word}</span>
    </span>
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
    <ActionMenu
      label={`Theme: ${current?.label ?? ''}`}
      icon={current?.icon}
      entries={choices.map(({ value, label, icon }) => ({
        label,
        icon,
        onClick: () => setColorScheme(value),
      }))}
    />
  )
}

function MeMenu() {
  const { data: me } = useSuspenseQuery(meQuery())
  const { displayName, username, admin } = me.user
  return (
    <ActionMenu
      label={`Me: ${username}`}
      icon={<IconUser size={18} />}
      heading={`${displayName} (${username})${admin ? ', administrator' : ''}`}
      entries={[
        { label: 'Shortcuts', icon: <IconKeyboard size={16} />, onClick: openShortcuts },
        { label: 'Sign out', icon: <IconLogout size={16} />, onClick: () => void signOut() },
        ...(me.signedInBy === 'key'
          ? []
          : [
              {
                label: 'Sign out everywhere',
                icon: <IconDoorExit size={16} />,
                onClick: () => void signOut({ everywhere: true }),
              },
            ]),
      ]}
    />
  )
}
