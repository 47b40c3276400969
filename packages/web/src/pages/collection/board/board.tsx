import type { Measure } from '@greenroom/sdk/wire'
import { SegmentedControl } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { IconRocket } from '@tabler/icons-react'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useMemo, useState } from 'react'
import { listedVersionsQuery, useMeasures, versionQuery } from '../../../api/queries.ts'
import { LogWays } from '../../../ui/log-ways.tsx'
import { metricKeysOf, metricsOf } from '../../../ui/metrics.ts'
import { Empty } from '../../../ui/states.tsx'
import { measureOf } from '../collection-state.ts'
import type { TabProps } from '../tab-props.ts'
import styles from './board.module.css'
import { StageLane } from './stage-lane.tsx'
import { UnstagedLane } from './unstaged-lane.tsx'

const UNSTAGED = 'versions'
/** Shown on a card unless the address names others. */
const METRICS_PER_CARD = 3

/** What every card needs to know beside its version. */
export interface BoardContext extends Omit<TabProps, 'onChange'> {
  readonly measures: readonly Measure[]
  readonly metrics: readonly string[]
  /** What the differences are to; undefined: nobody is in production. */
  readonly measure: ReadonlyMap<string, number> | undefined
  readonly measureName: string | undefined
}

/** Lanes in the order of the stages; at the left the versions that bear none. */
export function Board({ collection, lanes, search }: TabProps) {
  const isPhone = useMediaQuery('(max-width: 720px)') ?? false
  const [shown, setShown] = useState('production')
  const newest = useInfiniteQuery(listedVersionsQuery(collection, { asOf: search.asOf }))
  const measures = useMeasures(collection)
  const first = newest.data?.pages[0]?.items
  const measure = measureOf(lanes)?.versions[0]
  const bearer = useQuery({
    ...versionQuery(collection, measure ?? ''),
    enabled: measure !== undefined,
  })
  // The same object while nothing in it changes: cards are drawn anew for another one.
  const context = useMemo(
    (): BoardContext => ({
      collection,
      lanes,
      search,
      measures,
      metrics: search.metrics ?? metricKeysOf(first ?? [], measures).slice(0, METRICS_PER_CARD),
      measure: bearer.data && metricsOf(bearer.data.metadata),
      measureName: measure,
    }),
    [collection, lanes, search, measures, first, bearer.data, measure],
  )
  const isEmpty = first?.length === 0 && lanes.every(({ count }) => count === 0)
  if (isEmpty && search.asOf === undefined)
    return (
      <Empty title="No versions yet" icon={<IconRocket size={32} aria-hidden />}>
        <p>Log the first with the client that you use already:</p>
        <LogWays owner={collection.owner} name={collection.name} />
      </Empty>
    )
  const names = [UNSTAGED, ...lanes.map(({ alias }) => alias)]
  const phoneLane = names.includes(shown) ? shown : UNSTAGED
  const isShown = (name: string) => !isPhone || name === phoneLane
  return (
    <>
      {isPhone && (
        <div className={styles.switcher}>
          <SegmentedControl
            aria-label="Lane"
            size="sm"
            value={phoneLane}
            onChange={setShown}
            data={names.map((name) => ({
              value: name,
              label: `${name} ${lanes.find(({ alias }) => alias === name)?.count ?? ''}`.trim(),
            }))}
          />
        </div>
      )}
      <div className={styles.board}>
        {isShown(UNSTAGED) && <UnstagedLane context={context} query={newest} />}
        {lanes.map(
          (lane) =>
            isShown(lane.alias) && <StageLane key={lane.alias} lane={lane} context={context} />,
        )}
      </div>
    </>
  )
}
