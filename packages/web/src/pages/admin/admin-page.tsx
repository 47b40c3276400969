import { Tabs } from '@mantine/core'
import { useDocumentTitle } from '@mantine/hooks'
import { useSuspenseQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import type { ComponentType } from 'react'
import { meQuery } from '../../api/queries.ts'
import { ADMIN_TABS, type AdminSearch, type AdminTab } from '../../app/page-search.ts'
import { PageBody } from '../../ui/page.tsx'
import styles from './admin.module.css'
import { AuditTab } from './audit-tab.tsx'
import { GrantsTab } from './grants-tab.tsx'
import { ServiceAccountsTab } from './service-accounts-tab.tsx'
import { StorageTab } from './storage-tab.tsx'
import { TeamsTab } from './teams-tab.tsx'
import { TokensTab } from './tokens-tab.tsx'
import { UsersTab } from './users-tab.tsx'

export interface AdminTabProps {
  readonly search: AdminSearch
  readonly onSearch: (change: AdminSearch) => void
}

const TABS: Readonly<Record<AdminTab, readonly [name: string, Tab: ComponentType<AdminTabProps>]>> =
  {
    users: ['Users', UsersTab],
    teams: ['Teams', TeamsTab],
    'service-accounts': ['Service accounts', ServiceAccountsTab],
    tokens: ['Tokens', TokensTab],
    grants: ['Members and grants', GrantsTab],
    storage: ['Storage', StorageTab],
    audit: ['Audit', AuditTab],
  }

/** What the server answers administrators only. */
const FOR_ADMINISTRATORS: readonly AdminTab[] = ['users', 'storage']

/** On a phone not all tabs are in sight. */
function showCurrent(list: HTMLElement | null): void {
  list?.querySelector('[data-active]')?.scrollIntoView({ inline: 'nearest', block: 'nearest' })
}

/** Who there is, with what keys, and what they may do. */
export default function AdminPage() {
  useDocumentTitle('Admin · Greenroom')
  const search = useSearch({ from: '/inside/admin' })
  const navigate = useNavigate({ from: '/admin' })
  const { data: me } = useSuspenseQuery(meQuery())
  const tabs = ADMIN_TABS.filter((tab) => me.user.admin || !FOR_ADMINISTRATORS.includes(tab))
  const set = (change: AdminSearch) =>
    void navigate({ search: (before) => ({ ...before, ...change }), replace: true })
  return (
    <PageBody title="Admin" lead="Every change here is an event that Activity tells.">
      <Tabs
        value={search.tab ?? tabs[0] ?? null}
        keepMounted={false}
        onChange={(value) =>
          void navigate({ search: { tab: ADMIN_TABS.find((one) => one === value) } })
        }
      >
        <Tabs.List ref={showCurrent}>
          {tabs.map((tab) => (
            <Tabs.Tab key={tab} value={tab}>
              {TABS[tab][0]}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {tabs.map((tab) => {
          const [, Tab] = TABS[tab]
          return (
            <Tabs.Panel key={tab} value={tab} className={styles.panel ?? ''}>
              <Tab search={search} onSearch={set} />
            </Tabs.Panel>
          )
        })}
      </Tabs>
    </PageBody>
  )
}
