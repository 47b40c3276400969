import type { CollectionName } from '@greenroom/sdk'
import type { OwnerName } from '@greenroom/sdk/wire'
import '@mantine/spotlight/styles.css'
import { useMantineColorScheme } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import {
  Spotlight,
  type SpotlightActionData,
  type SpotlightActionGroupData,
  spotlight,
} from '@mantine/spotlight'
import {
  IconArrowBackUp,
  IconArrowUpRight,
  IconBooks,
  IconBox,
  IconBoxMultiple,
  IconFolder,
  IconKeyboard,
  IconLogout,
  IconMoon,
  IconPlayerPlay,
  IconSearch,
  IconSun,
} from '@tabler/icons-react'
import { useNavigate, useRouter } from '@tanstack/react-router'
import { type ReactNode, useEffect, useState } from 'react'
import { signOut } from '../api/session.ts'
import { openMove, openRollback } from '../move/open-move.ts'
import { type Found, MAX_OWNERS, useFound, useOwners } from './palette-search.ts'
import { saysAll, versionIn, versionsOf } from './palette-words.ts'
import {
  COLLECTION_PATH,
  collectionParams,
  OWNER_PATH,
  ownerParams,
  RUN_PATH,
  VERSION_PATH,
} from './place.ts'
import { openShortcuts } from './shortcuts.tsx'

const MAX_VERSIONS = 8
/** Pointers of the first ones found can be moved from here. */
const MAX_ACTED_ON = 3

/** ⌘K: collections, versions and runs by their names, where one can go, what can be done. */
export default function Palette({ asked }: { readonly asked: number }) {
  // `asked` grows each time that somebody asks for it.
  useEffect(() => {
    if (asked > 0) spotlight.open()
  }, [asked])
  const [typed, setTyped] = useState('')
  const [query] = useDebouncedValue(typed.trim(), 150)
  const owners = useOwners()
  const found = useFound(query)
  const places = usePlaces(found, query)
  const fixed = [...usePages(), ...useActs()].filter(({ label = '' }) => saysAll(label, query))
  const groups: SpotlightActionGroupData[] = [
    ...places,
    { group: 'Do', actions: [...actsOn(found, query), ...fixed] },
  ]
  const where = owners.length > MAX_OWNERS ? ` in the first ${MAX_OWNERS} registries` : ''
  return (
    <Spotlight
      actions={groups}
      filter={(_query, actions) => actions}
      query={typed}
      onQueryChange={setTyped}
      shortcut={null}
      scrollable
      maxHeight={480}
      lockScroll={false}
      limit={60}
      nothingFound={`Nothing of that name${where}`}
      searchProps={{
        'aria-label': 'Search',
        placeholder: 'Search models, versions, runs, actions',
        leftSection: <IconSearch size={18} aria-hidden />,
      }}
    />
  )
}

const placeOf = ({ entity, name }: Pick<OwnerName, 'entity' | 'name'>) => `${entity}/${name}`
const idOf = ({ owner, name }: CollectionName) => `${owner.kind}/${placeOf(owner)}/${name}`

function action(
  id: string,
  label: string,
  description: string | undefined,
  icon: ReactNode,
  onClick: () => void,
): SpotlightActionData {
  return { id, label, leftSection: icon, onClick, ...(description ? { description } : {}) }
}

const SIZE = { size: 18, 'aria-hidden': true } as const

/** What was found, each with the way to it. */
function usePlaces({ collections, runs }: Found, query: string): SpotlightActionGroupData[] {
  const navigate = useNavigate()
  const { version: named } = versionIn(query)
  const owners = useOwners().filter(({ entity, name }) => saysAll(`${entity}/${name}`, query))
  const versions = collections.flatMap((one) => versionsOf(one, named)).slice(0, MAX_VERSIONS)
  return [
    {
      group: 'Collections',
      actions: collections.map(({ owner, name, type }) =>
        action(
          idOf({ owner, name }),
          name,
          `${type} in ${placeOf(owner)}`,
          <IconBox {...SIZE} />,
          () => void navigate({ to: COLLECTION_PATH, params: collectionParams({ owner, name }) }),
        ),
      ),
    },
    {
      group: 'Versions',
      actions: versions.map(({ collection, version, stages }) =>
        action(
          `version ${idOf(collection)} ${version}`,
          `${collection.name} ${version}`,
          [stages.join(', '), `in ${placeOf(collection.owner)}`].filter(Boolean).join(' · '),
          <IconBoxMultiple {...SIZE} />,
          () =>
            void navigate({
              to: VERSION_PATH,
              params: { ...collectionParams(collection), version },
            }),
        ),
      ),
    },
    {
      group: 'Runs',
      actions: runs.map(({ owner, run, displayName, state }) =>
        action(
          `run ${placeOf(owner)}/${run}`,
          displayName || run,
          `${state} run in ${placeOf(owner)}`,
          <IconPlayerPlay {...SIZE} />,
          () =>
            void navigate({
              to: RUN_PATH,
              params: { entity: owner.entity, owner: owner.name, run },
            }),
        ),
      ),
    },
    {
      group: 'Registries and projects',
      actions: owners.map((owner) =>
        action(
          `${owner.kind}/${placeOf(owner)}`,
          owner.name,
          `${owner.kind} of ${owner.entity}`,
          <IconBooks {...SIZE} />,
          () => void navigate({ to: OWNER_PATH, params: ownerParams(owner) }),
        ),
      ),
    },
  ]
}

/** Moves of the pointers of what was found: each opens the dialog, and moves nothing yet. */
function actsOn({ collections }: Found, query: string): SpotlightActionData[] {
  const { version: named } = versionIn(query)
  return collections.slice(0, MAX_ACTED_ON).flatMap(({ owner, name, newest, standings }) => {
    const collection = { owner, name }
    const version = named ?? newest?.version
    const id = idOf(collection)
    const move =
      version === undefined
        ? []
        : [
            action(
              `move ${id}`,
              `Move a pointer of ${name}…`,
              `to ${version}, or another version`,
              <IconArrowUpRight {...SIZE} />,
              () => openMove({ collection, alias: 'production', version }),
            ),
          ]
    const back = standings.some(({ alias, slotCount }) => alias === 'production' && slotCount > 0)
      ? [
          action(
            `back ${id}`,
            `Roll back production of ${name}…`,
            undefined,
            <IconArrowBackUp {...SIZE} />,
            () => openRollback({ collection, alias: 'production' }),
          ),
        ]
      : []
    return [...move, ...back]
  })
}

function usePages(): SpotlightActionData[] {
  const { history } = useRouter()
  const pages = [
    ['/registries', 'All registries'],
    ['/projects', 'All projects'],
    ['/activity', 'Activity'],
    ['/admin', 'Admin'],
  ] as const
  return pages.map(([to, label]) =>
    action(to, `Go to ${label}`, undefined, <IconFolder {...SIZE} />, () => history.push(to)),
  )
}

function useActs(): SpotlightActionData[] {
  const { setColorScheme } = useMantineColorScheme({ keepTransitions: true })
  return [
    action('dark', 'Dark theme', undefined, <IconMoon {...SIZE} />, () => setColorScheme('dark')),
    action('light', 'Light theme', undefined, <IconSun {...SIZE} />, () => setColorScheme('light')),
    action('keys', 'Shortcuts', undefined, <IconKeyboard {...SIZE} />, openShortcuts),
    action('out', 'Sign out', undefined, <IconLogout {...SIZE} />, () => void signOut()),
  ]
}
