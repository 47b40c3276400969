import type { OwnerName } from '@greenroom/sdk/wire'
import { TextInput } from '@mantine/core'
import { IconFolders, IconSearch } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { projectsQuery, registriesQuery } from '../../api/queries.ts'
import { OWNER_PATH, ownerParams } from '../../app/place.ts'
import { PageBody } from '../../ui/page.tsx'
import { Empty, ErrorNotice, SkeletonRows } from '../../ui/states.tsx'
import table from '../../ui/table.module.css'
import { Time } from '../../ui/time.tsx'

/** All registries, or all projects, that one may see. */
export default function OwnersPage() {
  const { kind } = useParams({ from: '/inside/$kind' })
  const { q = '' } = useSearch({ from: '/inside/$kind' })
  const navigate = useNavigate({ from: '/$kind' })
  const isRegistries = kind === 'registries'
  const { data, error, refetch } = useQuery(isRegistries ? registriesQuery() : projectsQuery())
  const wanted = q.toLowerCase()
  const owners = data?.items.filter(({ entity, name }) =>
    `${entity}/${name}`.toLowerCase().includes(wanted),
  )
  return (
    <PageBody
      title={isRegistries ? 'Registries' : 'Projects'}
      lead={
        isRegistries
          ? 'Curated collections with stages: what is deployed comes from here.'
          : 'Where runs are and versions are made.'
      }
      actions={
        <TextInput
          aria-label="Filter by name"
          placeholder="Filter by name"
          data-page-filter
          leftSection={<IconSearch size={16} aria-hidden />}
          value={q}
          onChange={({ currentTarget }) =>
            void navigate({ search: { q: currentTarget.value || undefined }, replace: true })
          }
        />
      }
    >
      {error !== null && <ErrorNotice error={error} retry={() => void refetch()} />}
      {error === null && owners === undefined && <SkeletonRows />}
      {owners?.length === 0 && (
        <Empty title="None here" icon={<IconFolders size={32} aria-hidden />}>
          <p>{q === '' ? 'The first logged run makes a project.' : 'No name has that in it.'}</p>
        </Empty>
      )}
      {owners !== undefined && owners.length > 0 && <OwnerTable owners={owners} />}
    </PageBody>
  )
}

type Listed = OwnerName & { readonly description: string | null; readonly updatedAt: string }

function OwnerTable({ owners }: { readonly owners: readonly Listed[] }) {
  return (
    <div className={table.frame}>
      <table className={table.table}>
        <thead>
          <tr>
            <th scope="col">Name</th>
            <th scope="col">Description</th>
            <th scope="col">Changed</th>
          </tr>
        </thead>
        <tbody>
          {owners.map((owner) => (
            <tr key={`${owner.entity}/${owner.name}`}>
              <td>
                <Link to={OWNER_PATH} params={ownerParams(owner)} className={table.name}>
                  <span className="faint">{owner.entity} / </span>
                  {owner.name}
                </Link>
              </td>
              <td className="soft">{owner.description ?? ''}</td>
              <td className="soft">
                <Time at={owner.updatedAt} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
