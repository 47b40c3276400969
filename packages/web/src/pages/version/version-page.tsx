import type { CollectionName } from '@greenroom/sdk'
import type { Version } from '@greenroom/sdk/wire'
import { Tabs } from '@mantine/core'
import { useDocumentTitle } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { versionQuery } from '../../api/queries.ts'
import { VERSION_TABS, type VersionSearch, type VersionTab } from '../../app/page-search.ts'
import { COLLECTION_PATH, collectionOf, collectionParams, VERSION_PATH } from '../../app/place.ts'
import { PageBody } from '../../ui/page.tsx'
import { ErrorNotice, SkeletonRows } from '../../ui/states.tsx'
import { ValueTree } from '../../ui/value-tree.tsx'
import { FilesTab } from './files-tab.tsx'
import { LineageTab } from './lineage-tab.tsx'
import { MetricsTab } from './metrics-tab.tsx'
import styles from './version.module.css'
import { VersionActions } from './version-actions.tsx'
import { VersionHead } from './version-head.tsx'

const TAB_NAMES: Readonly<Record<VersionTab, string>> = {
  files: 'Files',
  metadata: 'Metadata',
  metrics: 'Metrics',
  lineage: 'Lineage',
}

/** One version: what it bears, what is in it, how good it is, where it came from. */
export default function VersionPage() {
  const params = useParams({ from: `/inside${VERSION_PATH}` })
  const collection = collectionOf(params)
  const { data: version, error, refetch } = useQuery(versionQuery(collection, params.version))
  useDocumentTitle(`${collection.name} ${version?.version ?? params.version} · Greenroom`)
  if (error !== null)
    return (
      <PageBody title={params.version}>
        <ErrorNotice error={error} retry={() => void refetch()} />
        <p className={styles.wayOut}>
          <Link
            to={COLLECTION_PATH}
            params={collectionParams(collection)}
            search={{ tab: 'versions' }}
          >
            All versions of {collection.name}
          </Link>
        </p>
      </PageBody>
    )
  return (
    <PageBody
      title={
        <>
          <bdi>{collection.name}</bdi>{' '}
          <span className="mono soft">{version?.version ?? params.version}</span>
        </>
      }
      actions={version && <VersionActions collection={collection} version={version} />}
    >
      {version === undefined ? (
        <SkeletonRows />
      ) : (
        <>
          <VersionHead collection={collection} version={version} />
          <VersionTabs collection={collection} version={version} />
        </>
      )}
    </PageBody>
  )
}

interface VersionTabsProps {
  readonly collection: CollectionName
  readonly version: Version
}

function VersionTabs({ collection, version }: VersionTabsProps) {
  const search = useSearch({ from: `/inside${VERSION_PATH}` })
  const navigate = useNavigate({ from: VERSION_PATH })
  const { tab = 'files' } = search
  const set = (change: VersionSearch) =>
    void navigate({ search: (before) => ({ ...before, ...change }), replace: true })
  return (
    <Tabs
      value={tab}
      keepMounted={false}
      onChange={(value) => {
        const chosen = VERSION_TABS.find((one) => one === value)
        void navigate({ search: { tab: chosen } })
      }}
    >
      <Tabs.List>
        {VERSION_TABS.map((name) => (
          <Tabs.Tab key={name} value={name}>
            {TAB_NAMES[name]}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      <Tabs.Panel value="files" className={styles.panelGap ?? ''}>
        <FilesTab
          collection={collection}
          version={version}
          filter={search.q ?? ''}
          file={search.file}
          onFilter={(q) => set({ q })}
          onFile={(file) => set({ file })}
        />
      </Tabs.Panel>
      <Tabs.Panel value="metadata" className={styles.panelGap ?? ''}>
        <ValueTree
          label="Metadata"
          value={version.metadata}
          query={search.q ?? ''}
          onQuery={(q) => set({ q })}
        />
      </Tabs.Panel>
      <Tabs.Panel value="metrics" className={styles.panelGap ?? ''}>
        <MetricsTab collection={collection} version={version} />
      </Tabs.Panel>
      <Tabs.Panel value="lineage" className={styles.panelGap ?? ''}>
        <LineageTab
          collection={collection}
          version={version}
          view={search.view}
          onView={(view) => set({ view })}
        />
      </Tabs.Panel>
    </Tabs>
  )
}
