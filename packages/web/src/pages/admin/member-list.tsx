import type { Member, Page, Role } from '@greenroom/sdk/wire'
import { ActionIcon } from '@mantine/core'
import { IconX } from '@tabler/icons-react'
import type { InfiniteData, UseInfiniteQueryResult } from '@tanstack/react-query'
import type { Column } from '../../ui/long-table.tsx'
import { ErrorNotice } from '../../ui/states.tsx'
import { Time } from '../../ui/time.tsx'
import { useAct } from './dialogs.tsx'
import { Listing } from './listing.tsx'
import { RoleSelect } from './role-select.tsx'

const nameOf = ({ name }: Member) => name
const KINDS: Readonly<Record<Member['kind'], string>> = {
  user: 'User',
  team: 'Team',
  service_account: 'Service account',
}

interface MemberListProps {
  readonly query: UseInfiniteQueryResult<InfiniteData<Page<Member>, unknown>>
  readonly roles: readonly Role[]
  readonly onRole: (member: string, role: Role) => Promise<void>
  readonly onRemove: (member: string) => Promise<void>
}

/** Members of a team, project or registry: their role can be changed in place. */
export function MemberList({ query, roles, onRole, onRemove }: MemberListProps) {
  const act = useAct()
  const columns: readonly Column<Member>[] = [
    { name: 'Member', cell: ({ name }) => <strong>{name}</strong> },
    { name: 'Kind', cell: ({ kind }) => <span className="soft">{KINDS[kind]}</span> },
    { name: 'Name', cell: ({ displayName }) => displayName && <bdi>{displayName}</bdi> },
    {
      name: 'Role',
      cell: ({ name, role }) => (
        <RoleSelect
          whose={name}
          role={role}
          roles={roles}
          onRole={(next) => act.mutate(() => onRole(name, next))}
        />
      ),
    },
    { name: 'Since', cell: ({ createdAt }) => <Time at={createdAt} /> },
    {
      name: 'Actions',
      isActs: true,
      cell: ({ name }) => (
        <ActionIcon
          variant="subtle"
          color="gray"
          aria-label={`Take ${name} out`}
          onClick={() => act.mutate(() => onRemove(name))}
        >
          <IconX size={16} aria-hidden />
        </ActionIcon>
      ),
    },
  ]
  return (
    <>
      {act.error !== null && <ErrorNotice error={act.error} />}
      <Listing
        label="Members"
        none="No members of its own"
        query={query}
        columns={columns}
        keyOf={nameOf}
      />
    </>
  )
}
