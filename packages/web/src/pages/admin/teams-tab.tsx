import { createTeam, removeTeam, removeTeamMember, setTeamMember } from '@greenroom/sdk'
import type { Team } from '@greenroom/sdk/wire'
import { Button, NativeSelect, TextInput } from '@mantine/core'
import { IconArrowLeft, IconPlus, IconTrash } from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { teamMembersQuery, teamsQuery } from '../../api/admin-queries.ts'
import { client } from '../../api/connection.ts'
import type { Column } from '../../ui/long-table.tsx'
import table from '../../ui/table.module.css'
import { Time } from '../../ui/time.tsx'
import styles from './admin.module.css'
import type { AdminTabProps } from './admin-page.tsx'
import { FormDialog } from './dialogs.tsx'
import { Listing } from './listing.tsx'
import { MemberList } from './member-list.tsx'
import { HOME_ROLES, roleChoices, roleOf } from './role-select.tsx'
import { TabBar } from './tab-bar.tsx'

const nameOf = ({ name }: Team) => name

const COLUMNS: readonly Column<Team>[] = [
  {
    name: 'Team',
    cell: ({ name }) => (
      <Link to="/admin" search={{ tab: 'teams', of: name }} className={table.name}>
        {name}
      </Link>
    ),
  },
  {
    name: 'Organization',
    cell: ({ organization }) => <span className="soft">{organization}</span>,
  },
  { name: 'Made', cell: ({ createdAt }) => <Time at={createdAt} /> },
]

export function TeamsTab(props: AdminTabProps) {
  const { q = '', of } = props.search
  const query = useInfiniteQuery(teamsQuery())
  const [isNew, setNew] = useState(false)
  if (of !== undefined) return <OneTeam team={of} {...props} />
  return (
    <>
      <TabBar q={q} onFilter={(wanted) => props.onSearch({ q: wanted })}>
        <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setNew(true)}>
          New team
        </Button>
      </TabBar>
      <Listing
        label="Teams"
        none="No teams"
        query={query}
        columns={COLUMNS}
        keyOf={nameOf}
        filter={q}
      />
      {isNew && (
        <FormDialog
          title="New team"
          verb="Make the team"
          onSubmit={(field) => createTeam(client(), { name: field('name') })}
          onClose={() => setNew(false)}
        >
          <p className="soft">A team owns projects. You become its first admin.</p>
          <TextInput label="Name" name="name" required autoCapitalize="none" data-autofocus />
        </FormDialog>
      )}
    </>
  )
}

function OneTeam({ team, onSearch }: AdminTabProps & { readonly team: string }) {
  const query = useInfiniteQuery(teamMembersQuery(team))
  const [open, setOpen] = useState<'add' | 'remove'>()
  const close = () => setOpen(undefined)
  return (
    <>
      <div className={styles.bar}>
        <div className={styles.acts}>
          <Button
            variant="subtle"
            leftSection={<IconArrowLeft size={16} aria-hidden />}
            onClick={() => onSearch({ of: undefined })}
          >
            All teams
          </Button>
          <h2>{team}</h2>
        </div>
        <div className={styles.acts}>
          <Button
            variant="default"
            leftSection={<IconTrash size={16} aria-hidden />}
            onClick={() => setOpen('remove')}
          >
            Remove the team
          </Button>
          <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setOpen('add')}>
            Add a member
          </Button>
        </div>
      </div>
      <MemberList
        query={query}
        roles={HOME_ROLES}
        onRole={(member, role) => setTeamMember(client(), team, member, { role })}
        onRemove={(member) => removeTeamMember(client(), team, member)}
      />
      {open === 'add' && (
        <FormDialog
          title={`Add a member to ${team}`}
          verb="Add"
          onClose={close}
          onSubmit={(field) =>
            setTeamMember(client(), team, field('name'), { role: roleOf(field('role')) })
          }
        >
          <TextInput label="User" name="name" required autoCapitalize="none" data-autofocus />
          <NativeSelect
            label="Role"
            name="role"
            defaultValue="member"
            data={roleChoices(HOME_ROLES)}
          />
        </FormDialog>
      )}
      {open === 'remove' && (
        <FormDialog
          title={`Remove ${team}`}
          verb={`Remove ${team}`}
          isDangerous
          onClose={close}
          onSubmit={async () => {
            await removeTeam(client(), team)
            onSearch({ of: undefined })
          }}
        >
          <p>The team goes. A team that still has projects or accounts is refused.</p>
        </FormDialog>
      )}
    </>
  )
}
