import { listCollections } from '@greenroom/sdk'
import '@mantine/spotlight/styles.css'
import { useDebouncedValue } from '@mantine/hooks'
import {
  Spotlight,
  type SpotlightActionData,
  type SpotlightActionGroupData,
  spotlight,
} from '@mantine/spotlight'
import { IconBooks, IconBox, IconFolder, IconSearch } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import { client } from '../api/connection.ts'
import { projectsQuery, registriesQuery } from '../api/queries.ts'
import { COLLECTION_PATH, collectionParams, OWNER_PATH, ownerParams } from './place.ts'

/** Owners that are looked through for what was typed; more would be a flood of questions. */
const MAX_OWNERS = 12
const FOUND_PER_OWNER = 6

/** ⌘K: collections by a part of their name, registries and projects, and what can be done. */
export default function Palette({ asked }: { readonly asked: number }) {
  // `asked` grows each time that somebody asks for it.
  useEffect(() => {
    if (asked > 0) spotlight.open()
  }, [asked])
  const [typed, setTyped] = useState('')
  const [query] = useDebouncedValue(typed.trim(), 150)
  const navigate = useNavigate()
  const owners = useOwners()
  const found = useCollections(query)
  const go = (to: '/registries' | '/projects'): SpotlightActionData => ({
    id: to,
    label: to === '/projects' ? 'All projects' : 'All registries',
    leftSection: <IconFolder size={18} aria-hidden />,
    onClick: () => void navigate({ to: '/$kind', params: { kind: to.slice(1) } }),
  })
  const groups: SpotlightActionGroupData[] = [
    {
      group: 'Collections',
      actions: found.map(({ owner, name, type }) => ({
        id: `${owner.kind}/${owner.entity}/${owner.name}/${name}`,
        label: name,
        description: `${type} in ${owner.entity}/${owner.name}`,
        leftSection: <IconBox size={18} aria-hidden />,
        onClick: () =>
          void navigate({ to: COLLECTION_PATH, params: collectionParams({ owner, name }) }),
      })),
    },
    {
      group: 'Registries and projects',
      actions: owners.map((owner) => ({
        id: `${owner.kind}/${owner.entity}/${owner.name}`,
        label: owner.name,
        description: owner.entity,
        leftSection: <IconBooks size={18} aria-hidden />,
        onClick: () => void navigate({ to: OWNER_PATH, params: ownerParams(owner) }),
      })),
    },
    { group: 'Go to', actions: [go('/registries'), go('/projects')] },
  ]
  return (
    <Spotlight
      actions={groups}
      query={typed}
      onQueryChange={setTyped}
      shortcut={null}
      scrollable
      maxHeight={440}
      lockScroll={false}
      limit={30}
      nothingFound="Nothing of that name"
      searchProps={{
        'aria-label': 'Search',
        placeholder: 'Search models, versions, actions',
        leftSection: <IconSearch size={18} aria-hidden />,
      }}
    />
  )
}

function useOwners() {
  const registries = useQuery(registriesQuery())
  const projects = useQuery(projectsQuery())
  return [...(registries.data?.items ?? []), ...(projects.data?.items ?? [])]
}

function useCollections(query: string) {
  const owners = useOwners().slice(0, MAX_OWNERS)
  const { data } = useQuery({
    queryKey: ['palette', query, owners.map(({ entity, name }) => `${entity}/${name}`)],
    enabled: query.length > 1 && owners.length > 0,
    async queryFn({ signal }) {
      const pages = await Promise.all(
        owners.map((owner) =>
          listCollections(client(), owner, { contains: query, limit: FOUND_PER_OWNER }, { signal }),
        ),
      )
      return pages.flatMap(({ items }) => items)
    },
  })
  return data ?? []
}
