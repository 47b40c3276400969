import type { StreamEvent } from '@greenroom/sdk/wire'
import { Button, Chip } from '@mantine/core'
import { useDocumentTitle, useWindowScroll } from '@mantine/hooks'
import { IconActivity, IconArrowUp } from '@tabler/icons-react'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useEffect, useMemo, useRef, useState } from 'react'
import { ACTIVITY_KINDS, type ActivityKind } from '../../app/page-search.ts'
import { useConnectionState } from '../../live/connection-state.ts'
import { formatDay, plural } from '../../ui/format.ts'
import { PageBody } from '../../ui/page.tsx'
import { Empty, ErrorNotice, SkeletonRows } from '../../ui/states.tsx'
import styles from './activity.module.css'
import { EventLine } from './event-line.tsx'
import { groupOf } from './sentence.ts'
import { useActivity } from './use-activity.ts'

const KIND_NAMES: Readonly<Record<ActivityKind, string>> = {
  moves: 'Moves',
  versions: 'Versions',
  runs: 'Runs',
  places: 'Collections and stages',
  people: 'People and rights',
}

/** Down by so many pixels somebody reads, and what comes must not move it. */
const READING_PIXELS = 80

/** What happens, newest on top. */
export default function ActivityPage() {
  useDocumentTitle('Activity · Greenroom')
  const { kind: kinds = [], actor } = useSearch({ from: '/inside/activity' })
  const navigate = useNavigate({ from: '/activity' })
  const { past, events } = useActivity()
  const found = useMemo(
    () =>
      events.filter(
        (event) =>
          (kinds.length === 0 || kinds.includes(groupOf(event.kind))) &&
          (actor === undefined || event.actor === actor),
      ),
    [events, kinds, actor],
  )
  const { shown, waiting, show } = usePaused(found)
  return (
    <PageBody title="Activity" lead={<Standing />}>
      <div className={styles.filters}>
        <Chip.Group
          multiple
          value={[...kinds]}
          onChange={(kind) =>
            void navigate({ search: (before) => ({ ...before, kind }), replace: true })
          }
        >
          {ACTIVITY_KINDS.map((kind) => (
            <Chip key={kind} value={kind} size="sm">
              {KIND_NAMES[kind]}
            </Chip>
          ))}
        </Chip.Group>
        {actor !== undefined && (
          <Button
            size="compact-sm"
            variant="default"
            onClick={() => void navigate({ search: (before) => ({ ...before, actor: undefined }) })}
          >
            Only {actor}: show everybody
          </Button>
        )}
      </div>
      {waiting > 0 && (
        <div className={styles.waiting}>
          <Button leftSection={<IconArrowUp size={16} aria-hidden />} radius="xl" onClick={show}>
            {plural(waiting, 'new event')}
          </Button>
        </div>
      )}
      {past.error !== null && <ErrorNotice error={past.error} retry={() => void past.refetch()} />}
      {past.isPending && <SkeletonRows rows={12} />}
      {past.data !== undefined && found.length === 0 && !past.hasNextPage && (
        <Empty title="Nothing happened" icon={<IconActivity size={32} aria-hidden />}>
          <p>Whatever anybody changes is told here, as it happens.</p>
        </Empty>
      )}
      <Days events={shown} />
      {past.hasNextPage && (
        <More isFetching={past.isFetchingNextPage} onMore={() => void past.fetchNextPage()} />
      )}
    </PageBody>
  )
}

/** Whether what is seen is all there is. */
function Standing() {
  const state = useConnectionState()
  if (state === 'live') return 'Live: what anybody changes appears by itself.'
  const what = state === 'offline' ? 'gone' : 'being made anew'
  return `The connection is ${what}: what happens meanwhile comes after it.`
}

/** While somebody reads further down, what comes waits. */
function usePaused(found: readonly StreamEvent[]) {
  const [{ y }, scrollTo] = useWindowScroll()
  const newest = found[0]?.revision ?? 0
  const [upTo, setUpTo] = useState<number>()
  const isReading = y > READING_PIXELS
  useEffect(() => {
    if (!isReading) setUpTo(undefined)
    else setUpTo((before) => before ?? newest)
  }, [isReading, newest])
  const waiting = upTo === undefined ? 0 : found.findIndex(({ revision }) => revision <= upTo)
  return {
    shown: waiting > 0 ? found.slice(waiting) : found,
    waiting: Math.max(0, waiting),
    show() {
      setUpTo(undefined)
      scrollTo({ y: 0 })
    },
  }
}

function Days({ events }: { readonly events: readonly StreamEvent[] }) {
  const days = useMemo(
    () => [...Map.groupBy(events, ({ time }) => formatDay(new Date(time)))],
    [events],
  )
  return days.map(([day, members]) => (
    <section key={day} className={styles.day} aria-label={day}>
      <h2>
        {day} <span className="faint num">· {plural(members.length, 'event')}</span>
      </h2>
      <ol className={styles.events}>
        {members.map((event) => (
          <EventLine key={event.revision} event={event} />
        ))}
      </ol>
    </section>
  ))
}

interface MoreProps {
  readonly isFetching: boolean
  readonly onMore: () => void
}

/** Asks for older ones when it comes into sight, and again as long as it stays there. */
function More({ isFetching, onMore }: MoreProps) {
  const ref = useRef<HTMLDivElement>(null)
  const ask = useRef(onMore)
  ask.current = onMore
  useEffect(() => {
    if (ref.current === null || isFetching) return
    const watch = new IntersectionObserver(([entry]) => {
      if (entry?.isIntersecting === true) ask.current()
    })
    watch.observe(ref.current)
    return () => watch.disconnect()
  }, [isFetching])
  return (
    <div ref={ref} className={styles.more}>
      <Button variant="subtle" loading={isFetching} onClick={onMore}>
        Older
      </Button>
    </div>
  )
}
