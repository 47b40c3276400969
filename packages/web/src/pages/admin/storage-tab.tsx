import type { CondemnedCount, OwnerStorage, Storage } from '@greenroom/sdk/wire'
import { IconDatabase } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { storageQuery } from '../../api/admin-queries.ts'
import { OWNER_PATH, ownerParams } from '../../app/place.ts'
import { Facts } from '../../ui/facts.tsx'
import { formatCount, formatSize, plural } from '../../ui/format.ts'
import { type Column, LongTable } from '../../ui/long-table.tsx'
import { Empty, ErrorNotice, SkeletonRows } from '../../ui/states.tsx'
import table from '../../ui/table.module.css'
import { Time } from '../../ui/time.tsx'
import styles from './admin.module.css'
import type { AdminTabProps } from './admin-page.tsx'
import { TabBar } from './tab-bar.tsx'

/** What takes how much of the store, and what of it is garbage. */
export function StorageTab({ search: { q = '' }, onSearch }: AdminTabProps) {
  const { data, error, isPending, refetch } = useQuery(storageQuery())
  if (error !== null) return <ErrorNotice error={error} retry={() => void refetch()} />
  if (isPending) return <SkeletonRows />
  const { counted } = data
  if (counted === null)
    return (
      <Empty title="Not counted yet" icon={<IconDatabase size={32} aria-hidden />}>
        <p>
          The collection of garbage counts: a minute after the server's first start, then every
          hour.
        </p>
      </Empty>
    )
  const wanted = q.toLowerCase()
  const rows = counted.owners.filter((line) => nameOf(line).toLowerCase().includes(wanted))
  return (
    <>
      <section className={styles.figures} aria-label="The store">
        <Figure name="Stored" value={formatSize(counted.bytes)}>
          {plural(counted.blobs, 'blob')}, counted <Time at={counted.countedAt} />
        </Figure>
        <Figure name="A collection would free now" value={sizeOf(data.removable)}>
          {countOf(data.removable)} that nothing needs
        </Figure>
        <Figure name="Garbage in its grace" value={sizeOf(inGrace(data))}>
          {countOf(inGrace(data))}, kept in case an upload takes them back
        </Figure>
      </section>
      <section className={styles.section}>
        <TabBar q={q} onFilter={(text) => onSearch({ q: text })}>
          <span className="soft">Each blob counts once in every place that needs it</span>
        </TabBar>
        {rows.length === 0 ? (
          <Empty title={q === '' ? 'Nothing is stored' : 'No name has that in it'} />
        ) : (
          <LongTable
            label="Storage by project and registry"
            rows={rows}
            columns={columnsOf(counted.bytes)}
            keyOf={nameOf}
          />
        )}
        {counted.otherOwners > 0 && (
          <p className="soft">and {plural(counted.otherOwners, 'smaller one')}</p>
        )}
      </section>
      {data.lastCollection !== null && <LastCollection {...data.lastCollection} />}
    </>
  )
}

const nameOf = ({ owner: { kind, entity, name } }: OwnerStorage) =>
  `${kind === 'registry' ? 'registry/' : ''}${entity}/${name}`

function columnsOf(allBytes: number): readonly Column<OwnerStorage>[] {
  return [
    {
      name: 'Project or registry',
      cell: ({ owner }) => (
        <Link to={OWNER_PATH} params={ownerParams(owner)} className={table.name}>
          <bdi>
            {owner.entity}/{owner.name}
          </bdi>
        </Link>
      ),
    },
    { name: 'Share', cell: ({ bytes }) => <Share part={bytes} of={allBytes} /> },
    { name: 'Stored', isNumber: true, cell: ({ bytes }) => formatSize(bytes) },
    { name: 'Unique', isNumber: true, cell: ({ uniqueBytes }) => formatSize(uniqueBytes) },
    {
      name: 'Shared with others',
      isNumber: true,
      cell: ({ bytes, uniqueBytes }) => formatSize(bytes - uniqueBytes),
    },
    { name: 'Blobs', isNumber: true, cell: ({ blobs }) => formatCount(blobs) },
  ]
}

function Share({ part, of }: { readonly part: number; readonly of: number }) {
  const percent = of === 0 ? 0 : (100 * part) / of
  const words = percent > 0 && percent < 1 ? '< 1 %' : `${Math.round(percent)} %`
  return (
    <span className={styles.share}>
      <span className={styles.track} aria-hidden>
        <span style={{ width: `${percent}%` }} />
      </span>
      <span className="num">{words}</span>
    </span>
  )
}

interface FigureProps {
  readonly name: string
  readonly value: string
  readonly children: React.ReactNode
}

function Figure({ name, value, children }: FigureProps) {
  return (
    <div className={styles.figure}>
      <h2>{name}</h2>
      <p className={styles.value}>{value}</p>
      <p className="soft">{children}</p>
    </div>
  )
}

function LastCollection(last: NonNullable<Storage['lastCollection']>) {
  const seconds = (Date.parse(last.endedAt) - Date.parse(last.startedAt)) / 1000
  return (
    <section className={styles.section}>
      <h2 className={styles.heading}>Last collection</h2>
      <Facts
        facts={[
          { name: 'Ended', value: <Time at={last.endedAt} /> },
          { name: 'Took', value: `${seconds < 10 ? seconds.toFixed(1) : Math.round(seconds)} s` },
          {
            name: 'Removed',
            value: `${plural(last.removedBlobs, 'blob')}, ${formatSize(last.removedBytes)}`,
          },
          { name: 'Condemned', value: plural(last.condemned, 'blob') },
          { name: 'Taken back', value: plural(last.takenBack, 'blob') },
          { name: 'Expired', value: plural(last.expiredVersions, 'version') },
          { name: 'Grace', value: spanOf(last.graceSeconds) },
        ]}
      />
    </section>
  )
}

function spanOf(seconds: number): string {
  if (seconds % 86_400 === 0 && seconds > 0) return `${seconds / 86_400} d`
  if (seconds % 3_600 === 0 && seconds > 0) return `${seconds / 3_600} h`
  return seconds % 60 === 0 && seconds > 0 ? `${seconds / 60} min` : `${seconds} s`
}

function inGrace({ condemned, removable }: Storage): CondemnedCount {
  return {
    blobs: condemned.blobs - removable.blobs,
    bytes: condemned.bytes - removable.bytes,
    isMore: condemned.isMore,
  }
}

const sizeOf = ({ bytes, isMore }: CondemnedCount) => `${isMore ? 'over ' : ''}${formatSize(bytes)}`
const countOf = ({ blobs, isMore }: CondemnedCount) =>
  `${isMore ? 'over ' : ''}${plural(blobs, 'blob')}`
