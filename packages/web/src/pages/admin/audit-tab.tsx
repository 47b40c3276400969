import { type StreamCheck, verifyStream } from '@greenroom/sdk'
import type { StreamEvent } from '@greenroom/sdk/wire'
import { Button } from '@mantine/core'
import { IconAlertTriangle, IconShieldCheck } from '@tabler/icons-react'
import { useMutation, useSuspenseQuery } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { client } from '../../api/connection.ts'
import { meQuery } from '../../api/queries.ts'
import { CopyText } from '../../ui/copy-text.tsx'
import { formatCount } from '../../ui/format.ts'
import { type Column, LongTable } from '../../ui/long-table.tsx'
import { Empty, ErrorNotice, SkeletonRows } from '../../ui/states.tsx'
import table from '../../ui/table.module.css'
import { Time } from '../../ui/time.tsx'
import { sentenceOf } from '../activity/sentence.ts'
import { useActivity } from '../activity/use-activity.ts'
import styles from './admin.module.css'
import type { AdminTabProps } from './admin-page.tsx'
import { TabBar } from './tab-bar.tsx'

/** Everything that happened, newest first, with the chain that proves that nothing was changed. */
export function AuditTab({ search: { q = '' }, onSearch }: AdminTabProps) {
  const { data: me } = useSuspenseQuery(meQuery())
  const { past, events } = useActivity()
  const wanted = q.toLowerCase()
  const rows = events.filter((event) => wordsOf(event).toLowerCase().includes(wanted))
  return (
    <>
      {me.user.admin && <Chain />}
      <TabBar q={q} filter="Filter those on the page" onFilter={(text) => onSearch({ q: text })}>
        {!me.user.admin && <span className="soft">Only what you may see</span>}
      </TabBar>
      {past.error !== null && <ErrorNotice error={past.error} retry={() => void past.refetch()} />}
      {past.isPending && <SkeletonRows />}
      {past.data !== undefined && rows.length === 0 && !past.hasNextPage && (
        <Empty title={q === '' ? 'Nothing happened' : 'No event has that in it'} />
      )}
      {rows.length > 0 && (
        <LongTable
          label="Events"
          rows={rows}
          columns={COLUMNS}
          keyOf={keyOf}
          hasMore={past.hasNextPage && !past.isFetchingNextPage}
          onMore={() => void past.fetchNextPage()}
        />
      )}
    </>
  )
}

const keyOf = ({ revision }: StreamEvent) => String(revision)

function whatOf(event: StreamEvent): string {
  const { verb, alias, version, run, tail } = sentenceOf(event)
  const to = alias !== undefined && version !== undefined ? `to ${version}` : version
  return [verb, alias, to, run, tail].filter((part) => part !== undefined && part !== '').join(' ')
}

function whereOf({ owner, collection }: StreamEvent): string {
  if (owner === null) return ''
  return [owner.entity, owner.name, ...(collection === null ? [] : [collection])].join('/')
}

const wordsOf = (event: StreamEvent) =>
  [event.actor, event.kind, whatOf(event), whereOf(event)].join(' ')

const COLUMNS: readonly Column<StreamEvent>[] = [
  {
    name: 'What',
    cell: (event) => (
      <bdi className={table.name} title={event.kind}>
        {whatOf(event)}
      </bdi>
    ),
  },
  { name: 'Who', cell: ({ actor }) => <bdi>{actor}</bdi> },
  { name: 'Where', cell: (event) => <bdi className="soft">{whereOf(event)}</bdi> },
  { name: 'When', cell: ({ time }) => <Time at={time} /> },
  { name: 'Revision', isNumber: true, cell: ({ revision }) => formatCount(revision) },
  {
    name: 'Hash',
    cell: ({ hash }) => (
      <CopyText text={hash} what="hash">
        {hash.slice(0, 12)}…
      </CopyText>
    ),
  },
]

/** Computes every hash anew, here: nobody has to take the server's word for it. */
function Chain() {
  const [check, setCheck] = useState<StreamCheck>()
  const abort = useRef<AbortController>(undefined)
  useEffect(() => () => abort.current?.abort(), [])
  const { mutate, isPending, error } = useMutation({
    async mutationFn() {
      const ending = new AbortController()
      abort.current = ending
      const { signal } = ending
      try {
        for await (const step of verifyStream(client(), { signal })) setCheck(step)
      } catch (failure) {
        if (!signal.aborted) throw failure
      }
    },
  })
  return (
    <section className={styles.chain}>
      <div>
        <h2>The chain of events</h2>
        <Verdict check={check} isPending={isPending} />
        {error !== null && <ErrorNotice error={error} />}
      </div>
      {isPending ? (
        <Button variant="default" onClick={() => abort.current?.abort()}>
          Stop
        </Button>
      ) : (
        <Button variant="default" onClick={() => mutate()}>
          {check === undefined ? 'Verify the chain' : 'Verify again'}
        </Button>
      )}
    </section>
  )
}

interface VerdictProps {
  readonly check: StreamCheck | undefined
  readonly isPending: boolean
}

function Verdict({ check, isPending }: VerdictProps) {
  if (check === undefined)
    return (
      <p className="soft">
        Each event carries the hash of the one before. This browser can compute all of them anew.
      </p>
    )
  const { broken, revision, hash } = check
  if (broken !== null)
    return (
      <p className={styles.verdict} data-good={false} role="alert">
        <IconAlertTriangle size={18} aria-hidden />
        <span>
          Broken at revision {formatCount(broken.revision)}. {broken.why}
        </span>
      </p>
    )
  return (
    <div className={styles.verdict} data-good={!isPending} role="status">
      <IconShieldCheck size={18} aria-hidden />
      <span>
        {isPending ? 'Verified so far: ' : 'Verified up to revision '}
        {formatCount(revision)}
      </span>
      <CopyText text={hash} what="hash">
        {hash.slice(0, 12)}…
      </CopyText>
    </div>
  )
}
