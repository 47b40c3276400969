import { UnstyledButton } from '@mantine/core'
import { useLocalStorage } from '@mantine/hooks'
import {
  IconActivity,
  IconBooks,
  IconFolders,
  IconLayoutSidebarLeftCollapse,
  IconLayoutSidebarLeftExpand,
  IconSettings,
} from '@tabler/icons-react'
import { useSuspenseQuery } from '@tanstack/react-query'
import { Link, useLocation } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { meQuery } from '../api/queries.ts'
import styles from './shell.module.css'

interface Entry {
  readonly to: string
  readonly label: string
  readonly icon: ReactNode
  /** The entry is where one is when the path begins with this. */
  readonly under: string
}

/** What stands in the rail; a page of its own adds a line here. */
const ENTRIES: readonly Entry[] = [
  { to: '/', label: 'Registry', icon: <IconBooks size={18} aria-hidden />, under: '/registries' },
  {
    to: '/projects',
    label: 'Projects',
    icon: <IconFolders size={18} aria-hidden />,
    under: '/projects',
  },
  {
    to: '/activity',
    label: 'Activity',
    icon: <IconActivity size={18} aria-hidden />,
    under: '/activity',
  },
  { to: '/admin', label: 'Admin', icon: <IconSettings size={18} aria-hidden />, under: '/admin' },
]

/** Left rail; folded it shows icons only, on a phone it is a bar at the bottom. */
export function Rail() {
  const { data: me } = useSuspenseQuery(meQuery())
  const [folded, setFolded] = useLocalStorage({ key: 'greenroom-rail-folded', defaultValue: false })
  const { pathname } = useLocation()
  const FoldIcon = folded ? IconLayoutSidebarLeftExpand : IconLayoutSidebarLeftCollapse
  return (
    <nav className={styles.rail} data-folded={folded} aria-label="Main">
      <Link to="/" className={styles.brand} aria-label={`${me.organization.displayName}, home`}>
        <img src="/assets/mark.svg" alt="" width={28} height={28} />
        <span className={`clip ${styles.railLabel}`}>{me.organization.displayName}</span>
      </Link>
      <ul className={styles.entries}>
        {ENTRIES.map(({ to, label, icon, under }) => (
          <li key={label}>
            <Link
              to={to}
              className={styles.entry}
              aria-label={label}
              title={folded ? label : undefined}
              {...(pathname.startsWith(under) ? { 'aria-current': 'page' as const } : {})}
            >
              {icon}
              <span className={styles.railLabel}>{label}</span>
            </Link>
          </li>
        ))}
      </ul>
      <UnstyledButton
        className={styles.fold}
        onClick={() => setFolded(!folded)}
        aria-label={folded ? 'Unfold the rail' : 'Fold the rail'}
      >
        <FoldIcon size={18} aria-hidden />
      </UnstyledButton>
    </nav>
  )
}
