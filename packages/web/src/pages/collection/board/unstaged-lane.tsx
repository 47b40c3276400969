import type { Version } from '@greenroom/sdk/wire'
import { useVirtualizer } from '@tanstack/react-virtual'
import { useEffect, useRef } from 'react'
import { ErrorNotice, SkeletonRows } from '../../../ui/states.tsx'
import styles from './board.module.css'
import type { BoardContext } from './board.tsx'
import { VersionCard } from './version-card.tsx'

interface UnstagedLaneProps {
  readonly context: BoardContext
  /** Pages of the versions, newest first. */
  readonly query: {
    readonly data: { readonly pages: readonly { readonly items: readonly Version[] }[] } | undefined
    readonly error: Error | null
    readonly hasNextPage: boolean
    readonly isFetchingNextPage: boolean
    readonly fetchNextPage: () => unknown
    readonly refetch: () => unknown
  }
}

const CARD_HEIGHT = 132

/** Versions that bear no stage, newest first; as many as there are, only those on the screen. */
export function UnstagedLane({ context, query }: UnstagedLaneProps) {
  const frame = useRef<HTMLDivElement>(null)
  const { lanes, search } = context
  const isPast = search.asOf !== undefined
  const stages = new Set(lanes.map(({ alias }) => alias))
  const all = query.data?.pages.flatMap(({ items }) => items)
  // Which stages each bore in the past is known of those that the lanes name: there all are here.
  const versions = (all ?? []).filter(
    ({ aliases }) => isPast || !aliases.some((alias) => stages.has(alias)),
  )
  const virtual = useVirtualizer({
    count: versions.length,
    getScrollElement: () => frame.current,
    estimateSize: () => CARD_HEIGHT,
    gap: 8,
    overscan: 4,
    getItemKey: (at) => versions[at]?.version ?? at,
  })
  const items = virtual.getVirtualItems()
  const last = items.at(-1)?.index ?? 0
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = query
  useEffect(() => {
    if (hasNextPage && !isFetchingNextPage && last >= versions.length - 10) fetchNextPage()
  }, [hasNextPage, isFetchingNextPage, fetchNextPage, last, versions.length])
  return (
    <section
      className={styles.lane}
      aria-label={isPast ? 'All versions of that time' : 'Versions without a stage'}
    >
      <header className={styles.laneHead}>
        <h2>Versions</h2>
        <span className="faint">{isPast ? 'all of that time' : 'without a stage'}</span>
      </header>
      {query.error !== null && <ErrorNotice error={query.error} retry={query.refetch} />}
      {query.error === null && all === undefined && <SkeletonRows rows={4} height={CARD_HEIGHT} />}
      {all !== undefined && versions.length === 0 && (
        <p className={styles.vacant}>Every version bears a stage, or there is none yet.</p>
      )}
      <div ref={frame} className={styles.scroll}>
        <div style={{ height: virtual.getTotalSize(), position: 'relative' }}>
          {items.map(({ index, key, start }) => {
            const version = versions[index]
            return (
              version !== undefined && (
                <div
                  key={key}
                  ref={virtual.measureElement}
                  data-index={index}
                  className={styles.placed}
                  style={{ transform: `translateY(${start}px)` }}
                >
                  <VersionCard
                    name={version.version}
                    version={version}
                    lane="versions"
                    position={index}
                    context={context}
                  />
                </div>
              )
            )
          })}
        </div>
      </div>
    </section>
  )
}
