import { Tabs } from '@mantine/core'
import { IconHistory } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { type ReactNode, Suspense, useCallback, useMemo } from 'react'
import { collectionQuery } from '../../api/queries.ts'
import { COLLECTION_TABS, type CollectionSearch } from '../../app/page-search.ts'
import { COLLECTION_PATH, collectionOf, OWNER_PATH, ownerParams } from '../../app/place.ts'
import { Empty, ErrorNotice, SkeletonRows } from '../../ui/states.tsx'
import { AsOfBanner } from './as-of-banner.tsx'
import { Board } from './board/board.tsx'
import styles from './collection.module.css'
import { CollectionHead } from './collection-head.tsx'
import { PROGRAMS } from './programs.ts'
import { useLanes } from './use-lanes.ts'

const {
  versions: VersionsTab,
  history: HistoryTab,
  card: CardTab,
  settings: SettingsTab,
} = PROGRAMS

const LABELS: Readonly<Record<(typeof COLLECTION_TABS)[number], string>> = {
  board: 'Board',
  versions: 'Versions',
  history: 'History',
  card: 'Card',
  settings: 'Settings',
}

/** One collection: who bears what, its versions, how it came to be so, what it is. */
export default function CollectionPage() {
  const { kind, entity, owner, collection: name } = useParams({ from: `/inside${COLLECTION_PATH}` })
  // The same object while the address is the same: rows and cards are drawn anew for another one.
  const collection = useMemo(
    () => collectionOf({ kind, entity, owner, collection: name }),
    [kind, entity, owner, name],
  )
  const search = useSearch({ from: `/inside${COLLECTION_PATH}` })
  const navigate = useNavigate({ from: COLLECTION_PATH })
  const change = useCallback(
    (part: CollectionSearch) =>
      void navigate({ search: (before) => ({ ...before, ...part }), replace: true }),
    [navigate],
  )
  const itself = useQuery(collectionQuery(collection))
  const lanes = useLanes(collection, search.asOf)
  const tab = search.tab ?? 'board'
  const error = itself.error ?? lanes.error
  const retry = () => void Promise.all([itself.refetch(), lanes.refetch()])
  if (error !== null)
    return (
      <div className={styles.page}>
        <ErrorNotice error={error} retry={retry} />
        <p className={styles.wayOut}>
          <Link to={OWNER_PATH} params={ownerParams(collection.owner)}>
            All collections of {collection.owner.name}
          </Link>
        </p>
      </div>
    )
  const isPast = search.asOf !== undefined
  const shared = { collection, lanes: lanes.data ?? [], search, onChange: change }
  const panels: Readonly<Record<(typeof COLLECTION_TABS)[number], () => ReactNode>> = {
    board: () => (lanes.data === undefined ? <SkeletonRows /> : <Board {...shared} />),
    versions: () => <VersionsTab {...shared} />,
    history: () => <HistoryTab {...shared} />,
    card: () =>
      itself.data && <CardTab collection={collection} card={itself.data} isPast={isPast} />,
    settings: () =>
      isPast ? (
        <Empty title="Settings have no past" icon={<IconHistory size={32} aria-hidden />}>
          <p>They are as they are now: go back to now to change them.</p>
        </Empty>
      ) : (
        itself.data && <SettingsTab collection={collection} itself={itself.data} />
      ),
  }
  return (
    <div className={styles.page}>
      {search.asOf !== undefined && (
        <AsOfBanner asOf={search.asOf} onLeave={() => change({ asOf: undefined })} />
      )}
      <CollectionHead
        collection={collection}
        itself={itself.data}
        lanes={lanes.data ?? []}
        isPast={isPast}
      />
      <Tabs
        value={tab}
        onChange={(value) =>
          void navigate({
            search: (before) => ({ ...before, tab: COLLECTION_TABS.find((one) => one === value) }),
          })
        }
        keepMounted={false}
      >
        <Tabs.List className={styles.tabs ?? ''}>
          {COLLECTION_TABS.map((one) => (
            <Tabs.Tab key={one} value={one}>
              {LABELS[one]}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {COLLECTION_TABS.map((one) => (
          <Tabs.Panel key={one} value={one}>
            <Suspense fallback={<SkeletonRows />}>{one === tab && panels[one]()}</Suspense>
          </Tabs.Panel>
        ))}
      </Tabs>
    </div>
  )
}
