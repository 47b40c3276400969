import { createServiceAccount, removeServiceAccount } from '@greenroom/sdk'
import type { ServiceAccount } from '@greenroom/sdk/wire'
import { ActionIcon, Button, NativeSelect, TextInput } from '@mantine/core'
import { IconPlus, IconTrash } from '@tabler/icons-react'
import { useInfiniteQuery, useSuspenseQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { serviceAccountsQuery, teamsQuery } from '../../api/admin-queries.ts'
import { client } from '../../api/connection.ts'
import { meQuery } from '../../api/queries.ts'
import type { Column } from '../../ui/long-table.tsx'
import table from '../../ui/table.module.css'
import { Time } from '../../ui/time.tsx'
import type { AdminTabProps } from './admin-page.tsx'
import { FormDialog } from './dialogs.tsx'
import { Listing } from './listing.tsx'
import { HOME_ROLES, roleChoices, roleOf } from './role-select.tsx'
import { TabBar } from './tab-bar.tsx'

const nameOf = ({ name }: ServiceAccount) => name

/** Accounts of programs: at home in the organization, or in the team that `of` names. */
export function ServiceAccountsTab({ search: { q = '', of }, onSearch }: AdminTabProps) {
  const { data: me } = useSuspenseQuery(meQuery())
  const { data: teams } = useInfiniteQuery(teamsQuery())
  const home = of === undefined ? { organization: me.organization.name } : { team: of }
  const query = useInfiniteQuery(serviceAccountsQuery(home))
  const [isNew, setNew] = useState(false)
  const [removed, setRemoved] = useState<string>()
  const columns: readonly Column<ServiceAccount>[] = [
    {
      name: 'Account',
      cell: ({ name }) => (
        <Link to="/admin" search={{ tab: 'tokens', of: name }} className={table.name}>
          {name}
        </Link>
      ),
    },
    { name: 'Name', cell: ({ displayName }) => <bdi>{displayName}</bdi> },
    { name: 'Made', cell: ({ createdAt }) => <Time at={createdAt} /> },
    {
      name: 'Actions',
      isActs: true,
      cell: ({ name }) => (
        <ActionIcon
          variant="subtle"
          color="gray"
          aria-label={`Remove ${name}`}
          onClick={() => setRemoved(name)}
        >
          <IconTrash size={16} aria-hidden />
        </ActionIcon>
      ),
    },
  ]
  const homes = teams?.pages.flatMap(({ items }) => items.map(({ name }) => name)) ?? []
  return (
    <>
      <TabBar q={q} onFilter={(wanted) => onSearch({ q: wanted })}>
        <NativeSelect
          aria-label="At home in"
          value={of ?? ''}
          data={[
            { value: '', label: me.organization.displayName },
            ...homes.map((name) => ({ value: name, label: `Team ${name}` })),
          ]}
          onChange={({ currentTarget }) => onSearch({ of: currentTarget.value || undefined })}
        />
        <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setNew(true)}>
          New service account
        </Button>
      </TabBar>
      <Listing
        label="Service accounts"
        none="No service accounts"
        query={query}
        columns={columns}
        keyOf={nameOf}
        filter={q}
      />
      {isNew && (
        <FormDialog
          title="New service account"
          verb="Make the account"
          onClose={() => setNew(false)}
          onSubmit={(field) =>
            createServiceAccount(client(), {
              name: field('name'),
              role: roleOf(field('role')),
              ...home,
            })
          }
        >
          <p className="soft">It acts by tokens alone: make one for it afterwards.</p>
          <TextInput label="Name" name="name" required autoCapitalize="none" data-autofocus />
          <NativeSelect
            label="Role at home"
            name="role"
            defaultValue="member"
            data={roleChoices(HOME_ROLES)}
          />
        </FormDialog>
      )}
      {removed !== undefined && (
        <FormDialog
          title={`Remove ${removed}`}
          verb={`Remove ${removed}`}
          isDangerous
          onSubmit={() => removeServiceAccount(client(), removed)}
          onClose={() => setRemoved(undefined)}
        >
          <p>Its tokens end at once. What it did stays in the history.</p>
        </FormDialog>
      )}
    </>
  )
}
