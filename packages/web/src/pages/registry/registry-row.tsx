import type { ListedCollection, Stage, Standing } from '@greenroom/sdk/wire'
import { useClipboard } from '@mantine/hooks'
import { IconArrowBackUp, IconArrowUpRight, IconCopy, IconDots } from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { memo } from 'react'
import { versionsQuery } from '../../api/queries.ts'
import { COLLECTION_PATH, collectionParams } from '../../app/place.ts'
import { openMove, openRollback } from '../../move/open-move.ts'
import { ActionMenu } from '../../ui/action-menu.tsx'
import { formatCount, formatMetric, formatSize } from '../../ui/format.ts'
import { directionOf, metricKeysOf, metricsOf } from '../../ui/metrics.ts'
import { pullLine } from '../../ui/snippets.ts'
import { Sparkline } from '../../ui/sparkline.tsx'
import table from '../../ui/table.module.css'
import { Age, Time } from '../../ui/time.tsx'
import { VersionLink } from '../../ui/version-link.tsx'
import styles from './registry.module.css'
import { lastMoveOf, standingOf } from './registry-rows.ts'

interface RegistryRowProps {
  readonly row: ListedCollection
  readonly stages: readonly Stage[]
  /** In the whole table, for readers. */
  readonly position: number
}

/** Scrolling draws the rows that come, and no row anew that is there. */
export const RegistryRow = memo(function RegistryRow({ row, stages, position }: RegistryRowProps) {
  const move = lastMoveOf(row)
  return (
    <tr aria-rowindex={position}>
      <td className={styles.nameColumn}>
        <Link
          to={COLLECTION_PATH}
          params={collectionParams(row)}
          className={`${table.name} ${styles.name}`}
          title={row.name}
        >
          {row.name}
        </Link>
        <div className={`faint clip ${styles.sub}`}>{[row.type, ...row.tags].join(' · ')}</div>
      </td>
      {stages.map((stage) => (
        <td key={stage.name} data-label={stage.name} data-crowded={stage.capacity === null}>
          <StageCell row={row} stage={stage} standing={standingOf(row, stage.name)} />
        </td>
      ))}
      <Trend row={row} stages={stages} />
      <td data-label="Last move">
        {move === undefined ? (
          <span className="faint">none</span>
        ) : (
          <>
            <div>
              <Time at={move.time} />
            </div>
            <div className={`faint clip ${styles.sub}`}>{move.actor}</div>
          </>
        )}
      </td>
      <td className={`${table.number} ${styles.size}`} data-label="Size">
        {row.newest === null ? <span className="faint">–</span> : formatSize(row.newest.size)}
      </td>
      <td className={styles.menuCell}>
        <RowMenu row={row} stages={stages} />
      </td>
    </tr>
  )
})

interface StageCellProps {
  readonly row: ListedCollection
  readonly stage: Stage
  readonly standing: Standing | undefined
}

/** Who bears it, for how long, and who put it there; or how long it has been vacant. */
function StageCell({ row, stage, standing }: StageCellProps) {
  if (standing === undefined) return <span className="faint">–</span>
  const { slots, slotCount, lastMove } = standing
  if (stage.capacity === null)
    return <span className="soft num">{slotCount === 0 ? '–' : formatCount(slotCount)}</span>
  const rest = slotCount - 1
  return (
    <>
      <div className={styles.bearers}>
        {slots.slice(0, 1).map(({ version }) => (
          <VersionLink key={version} collection={row} version={version} stage={stage.name} />
        ))}
        {rest > 0 && <span className="faint num">+{formatCount(rest)}</span>}
        {slotCount === 0 && <span className="soft">Vacant</span>}
      </div>
      <div className={`faint clip ${styles.sub}`}>
        <Age since={lastMove.time} /> · {lastMove.actor}
      </div>
    </>
  )
}

const TREND_VERSIONS = 30

/** The key metric over the newest versions, asked for when the row comes into sight. */
function Trend({ row, stages }: Pick<RegistryRowProps, 'row' | 'stages'>) {
  const { data } = useInfiniteQuery(versionsQuery(row, { limit: TREND_VERSIONS }))
  const versions = data?.pages[0]?.items
  const key = metricKeysOf(versions ?? [], row.measures)[0]
  // A number of which nobody says what is better is no measure.
  const metric = key !== undefined && directionOf(key, row.measures) ? key : undefined
  const names = stages.filter(({ capacity }) => capacity !== null).map(({ name }) => name)
  const points = (versions ?? []).toReversed().flatMap(({ version, metadata, aliases }) => {
    const value = metric === undefined ? undefined : metricsOf(metadata).get(metric)
    const stage = aliases.find((alias) => names.includes(alias))
    return value === undefined ? [] : [{ version, value, stage }]
  })
  const last = points.at(-1)
  return (
    <td data-label="Key metric" className={styles.trend}>
      {metric !== undefined && last !== undefined ? (
        <>
          <Sparkline metric={metric} points={points} />
          <div className={`faint clip ${styles.sub}`} title={metric}>
            {metric} <span className="num">{formatMetric(last.value)}</span>
          </div>
        </>
      ) : (
        <span className="faint">{versions === undefined ? '' : '–'}</span>
      )}
    </td>
  )
}

function RowMenu({ row, stages }: Pick<RegistryRowProps, 'row' | 'stages'>) {
  const { copy } = useClipboard()
  const held = stages.filter(
    ({ name, capacity }) => capacity !== null && standingOf(row, name) !== undefined,
  )
  const collection = { owner: row.owner, name: row.name }
  const newest = standingOf(row, 'latest')?.slots[0]?.version
  const entries = [
    {
      label: 'Move a pointer…',
      icon: <IconArrowUpRight size={16} />,
      disabled: newest === undefined,
      onClick: () => openMove({ collection, alias: 'production', version: newest ?? '' }),
    },
    ...held.map(({ name }) => ({
      label: `Roll back ${name}…`,
      icon: <IconArrowBackUp size={16} />,
      onClick: () => openRollback({ collection, alias: name }),
    })),
    {
      label: 'Copy the pull line',
      icon: <IconCopy size={16} />,
      onClick: () => copy(pullLine(collection, held[0]?.name ?? 'latest')),
    },
  ]
  return (
    <ActionMenu label={`Actions for ${row.name}`} icon={<IconDots size={18} />} entries={entries} />
  )
}
