import { createGrant, removeGrant, removeMember, setMember } from '@greenroom/sdk'
import type { Grant, NewGrant, OwnerName } from '@greenroom/sdk/wire'
import { ActionIcon, Button, NativeSelect, TextInput } from '@mantine/core'
import { IconPlus, IconX } from '@tabler/icons-react'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { grantsQuery, membersQuery } from '../../api/admin-queries.ts'
import { client } from '../../api/connection.ts'
import { projectsQuery, registriesQuery, stagesQuery } from '../../api/queries.ts'
import type { Column } from '../../ui/long-table.tsx'
import { StageChip } from '../../ui/stage-chip.tsx'
import { Empty, ErrorNotice, SkeletonRows } from '../../ui/states.tsx'
import styles from './admin.module.css'
import type { AdminTabProps } from './admin-page.tsx'
import { FormDialog, useAct } from './dialogs.tsx'
import { Listing } from './listing.tsx'
import { MemberList } from './member-list.tsx'
import { ROLES, roleChoices, roleOf } from './role-select.tsx'
import { Why } from './why.tsx'

const textOf = ({ kind, entity, name }: OwnerName) =>
  `${kind === 'registry' ? 'registries' : 'projects'}/${entity}/${name}`

/** Who may do what in one registry or project: that `of` names, else the first. */
export function GrantsTab({ search, onSearch }: AdminTabProps) {
  const { of } = search
  const registries = useQuery(registriesQuery())
  const projects = useQuery(projectsQuery())
  const owners = [...(registries.data?.items ?? []), ...(projects.data?.items ?? [])]
  const owner = owners.find((one) => textOf(one) === of) ?? owners[0]
  const error = registries.error ?? projects.error
  if (error !== null) return <ErrorNotice error={error} />
  if (registries.isPending || projects.isPending) return <SkeletonRows />
  if (owner === undefined) return <Empty title="No registries or projects" />
  return (
    <>
      <div className={styles.bar}>
        <NativeSelect
          aria-label="Registry or project"
          value={textOf(owner)}
          data={owners.map((one) => ({ value: textOf(one), label: textOf(one) }))}
          onChange={({ currentTarget }) => onSearch({ of: currentTarget.value })}
        />
      </div>
      <Protected owner={owner} />
      <Members owner={owner} />
      <Grants owner={owner} />
      <Why key={textOf(owner)} owner={owner} search={search} onSearch={onSearch} />
    </>
  )
}

/** The stages that only some may move, and the rule that says who. */
function Protected({ owner }: { readonly owner: OwnerName }) {
  const { data } = useQuery(stagesQuery(owner))
  const stages = data?.items.filter((stage) => stage.protected) ?? []
  return (
    <p className={styles.rule}>
      {stages.length === 0 ? (
        'No stage is protected here: whoever may write may move every alias.'
      ) : (
        <>
          {stages.map(({ name }) => (
            <StageChip key={name} name={name} isProtected />
          ))}{' '}
          moved only by admins, and by whom a grant allows to promote. A grant that denies beats
          both.
        </>
      )}
    </p>
  )
}

function Members({ owner }: { readonly owner: OwnerName }) {
  const query = useInfiniteQuery(membersQuery(owner))
  const [isNew, setNew] = useState(false)
  return (
    <section className={styles.section}>
      <div className={styles.bar}>
        <h2>Members</h2>
        <Button
          size="compact-sm"
          variant="default"
          leftSection={<IconPlus size={16} aria-hidden />}
          onClick={() => setNew(true)}
        >
          Add a member
        </Button>
      </div>
      <MemberList
        query={query}
        roles={ROLES}
        onRole={(member, role) => setMember(client(), owner, member, { role })}
        onRemove={(member) => removeMember(client(), owner, member)}
      />
      {isNew && (
        <FormDialog
          title={`Add a member to ${owner.name}`}
          verb="Add"
          onClose={() => setNew(false)}
          onSubmit={(field) =>
            setMember(client(), owner, field('name'), { role: roleOf(field('role')) })
          }
        >
          <TextInput
            label="User, team or service account"
            name="name"
            required
            autoCapitalize="none"
            data-autofocus
          />
          <NativeSelect label="Role" name="role" defaultValue="member" data={roleChoices(ROLES)} />
        </FormDialog>
      )}
    </section>
  )
}

const GRANT_VERBS: readonly NewGrant['verb'][] = ['read', 'download', 'write', 'promote']
const idOf = ({ id }: Grant) => id

function Grants({ owner }: { readonly owner: OwnerName }) {
  const query = useInfiniteQuery(grantsQuery(owner))
  const [isNew, setNew] = useState(false)
  const act = useAct()
  const columns: readonly Column<Grant>[] = [
    { name: 'To', cell: ({ principal }) => <strong>{principal}</strong> },
    {
      name: 'Effect',
      cell: ({ effect }) => (
        <span className={effect === 'allow' ? styles.allow : styles.deny}>{effect}</span>
      ),
    },
    { name: 'Verb', cell: ({ verb }) => verb },
    { name: 'Collections', cell: ({ collection }) => <bdi className="mono">{collection}</bdi> },
    { name: 'Aliases', cell: ({ alias }) => <bdi className="mono">{alias}</bdi> },
    {
      name: 'Actions',
      isActs: true,
      cell: ({ id, principal, verb }) => (
        <ActionIcon
          variant="subtle"
          color="gray"
          aria-label={`Take ${verb} from ${principal}`}
          onClick={() => act.mutate(() => removeGrant(client(), owner, id))}
        >
          <IconX size={16} aria-hidden />
        </ActionIcon>
      ),
    },
  ]
  return (
    <section className={styles.section}>
      <div className={styles.bar}>
        <h2>Grants</h2>
        <Button
          size="compact-sm"
          variant="default"
          leftSection={<IconPlus size={16} aria-hidden />}
          onClick={() => setNew(true)}
        >
          New grant
        </Button>
      </div>
      {act.error !== null && <ErrorNotice error={act.error} />}
      <Listing label="Grants" none="No grants" query={query} columns={columns} keyOf={idOf} />
      {isNew && <NewGrantDialog owner={owner} onClose={() => setNew(false)} />}
    </section>
  )
}

interface NewGrantDialogProps {
  readonly owner: OwnerName
  readonly onClose: () => void
}

function NewGrantDialog({ owner, onClose }: NewGrantDialogProps) {
  return (
    <FormDialog
      title={`New grant in ${owner.name}`}
      verb="Grant it"
      onClose={onClose}
      onSubmit={(field) =>
        createGrant(client(), owner, {
          principal: field('principal'),
          verb: GRANT_VERBS.find((verb) => verb === field('verb')) ?? 'read',
          effect: field('effect') === 'deny' ? 'deny' : 'allow',
          collection: field('collection') || '*',
          alias: field('alias') || '*',
        })
      }
    >
      <TextInput
        label="User, team or service account"
        name="principal"
        required
        autoCapitalize="none"
        data-autofocus
      />
      <NativeSelect label="Effect" name="effect" data={['allow', 'deny']} />
      <NativeSelect label="Verb" name="verb" defaultValue="promote" data={[...GRANT_VERBS]} />
      <TextInput label="Collections" name="collection" placeholder="*" />
      <TextInput label="Aliases" name="alias" placeholder="*" description="Such as staging*" />
    </FormDialog>
  )
}
