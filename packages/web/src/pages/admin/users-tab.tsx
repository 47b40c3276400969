import { changeUser, createUser, removeUser } from '@greenroom/sdk'
import type { User } from '@greenroom/sdk/wire'
import { ActionIcon, Button, Checkbox, Menu, TextInput } from '@mantine/core'
import { IconDots, IconKey, IconShield, IconTrash, IconUserPlus } from '@tabler/icons-react'
import { useInfiniteQuery, useSuspenseQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { usersQuery } from '../../api/admin-queries.ts'
import { client } from '../../api/connection.ts'
import { meQuery } from '../../api/queries.ts'
import type { Column } from '../../ui/long-table.tsx'
import { ErrorNotice } from '../../ui/states.tsx'
import table from '../../ui/table.module.css'
import { Time } from '../../ui/time.tsx'
import type { AdminTabProps } from './admin-page.tsx'
import { FormDialog, useAct } from './dialogs.tsx'
import { Listing } from './listing.tsx'
import { TabBar } from './tab-bar.tsx'

const nameOf = ({ username }: User) => username

export function UsersTab({ search: { q = '' }, onSearch }: AdminTabProps) {
  const { data: me } = useSuspenseQuery(meQuery())
  const query = useInfiniteQuery(usersQuery())
  const [isNew, setNew] = useState(false)
  const [removed, setRemoved] = useState<User>()
  const act = useAct()
  const columns: readonly Column<User>[] = [
    {
      name: 'User',
      cell: ({ username }) => (
        <Link to="/admin" search={{ tab: 'tokens', of: username }} className={table.name}>
          {username}
        </Link>
      ),
    },
    { name: 'Name', cell: ({ displayName }) => <bdi>{displayName}</bdi> },
    { name: 'Mail', cell: ({ email }) => email && <span className="soft">{email}</span> },
    { name: 'Role', cell: ({ admin }) => (admin ? 'Administrator' : '') },
    { name: 'Made', cell: ({ createdAt }) => <Time at={createdAt} /> },
    ...(me.user.admin
      ? [
          {
            name: 'Actions',
            isActs: true,
            cell: (user: User) => (
              <UserMenu
                user={user}
                isMe={user.username === me.user.username}
                onAdmin={() =>
                  act.mutate(() => changeUser(client(), user.username, { admin: !user.admin }))
                }
                onRemove={() => setRemoved(user)}
              />
            ),
          },
        ]
      : []),
  ]
  return (
    <>
      <TabBar q={q} onFilter={(wanted) => onSearch({ q: wanted })}>
        {me.user.admin && (
          <Button leftSection={<IconUserPlus size={16} aria-hidden />} onClick={() => setNew(true)}>
            New user
          </Button>
        )}
      </TabBar>
      {act.error !== null && <ErrorNotice error={act.error} />}
      <Listing
        label="Users"
        none="No users"
        query={query}
        columns={columns}
        keyOf={nameOf}
        filter={q}
      />
      {isNew && <NewUser onClose={() => setNew(false)} />}
      {removed !== undefined && (
        <FormDialog
          title={`Remove ${removed.username}`}
          verb={`Remove ${removed.username}`}
          isDangerous
          onSubmit={() => removeUser(client(), removed.username)}
          onClose={() => setRemoved(undefined)}
        >
          <p>
            Their tokens and sessions end at once. What they did stays in the history under their
            name.
          </p>
        </FormDialog>
      )}
    </>
  )
}

interface UserMenuProps {
  readonly user: User
  readonly isMe: boolean
  readonly onAdmin: () => void
  readonly onRemove: () => void
}

function UserMenu({ user, isMe, onAdmin, onRemove }: UserMenuProps) {
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" aria-label={`More of ${user.username}`}>
          <IconDots size={18} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item
          leftSection={<IconKey size={16} aria-hidden />}
          renderRoot={(props) => (
            <Link {...props} to="/admin" search={{ tab: 'tokens', of: user.username }} />
          )}
        >
          Tokens
        </Menu.Item>
        <Menu.Item
          leftSection={<IconShield size={16} aria-hidden />}
          disabled={isMe}
          onClick={onAdmin}
        >
          {user.admin ? 'No longer an administrator' : 'Make an administrator'}
        </Menu.Item>
        <Menu.Item
          color="red"
          leftSection={<IconTrash size={16} aria-hidden />}
          disabled={isMe}
          onClick={onRemove}
        >
          Remove…
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}

function NewUser({ onClose }: { readonly onClose: () => void }) {
  return (
    <FormDialog
      title="New user"
      verb="Make the user"
      onClose={onClose}
      onSubmit={(field, form) =>
        createUser(client(), {
          username: field('username'),
          ...(field('displayName') === '' ? {} : { displayName: field('displayName') }),
          email: field('email') === '' ? null : field('email'),
          admin: form.has('admin'),
        })
      }
    >
      <TextInput label="User name" name="username" required autoCapitalize="none" data-autofocus />
      <TextInput label="Name" name="displayName" />
      <TextInput label="Mail" name="email" type="email" />
      <Checkbox label="Administrator: may everything, everywhere" name="admin" />
    </FormDialog>
  )
}
