import { hashPointerEvent } from '@greenroom/sdk'
import type { PointerEvent } from '@greenroom/sdk/wire'
import { Button, Select } from '@mantine/core'
import { IconLink, IconLinkOff } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { collectionQuery } from '../../../api/queries.ts'
import { formatCount, formatDay, plural } from '../../../ui/format.ts'
import { Empty, ErrorNotice, SkeletonRows } from '../../../ui/states.tsx'
import type { TabProps } from '../tab-props.ts'
import { AsOfSlider } from './as-of-slider.tsx'
import styles from './history.module.css'
import { HistoryDays } from './history-days.tsx'
import { isLinked } from './holdings.ts'
import { spanOf } from './span.ts'
import { SwimLanes } from './swim-lanes.tsx'
import { type Log, useLog } from './use-log.ts'

/** How it came to be as it is: who held what when, and every change with who, why and what else. */
export default function HistoryTab({ collection, lanes, search, onChange }: TabProps) {
  const { asOf, alias } = search
  const log = useLog(collection, {})
  const told = useLog(collection, { alias, until: asOf })
  const made = useQuery(collectionQuery(collection)).data?.createdAt
  const error = log.error ?? told.error
  if (error !== null) return <ErrorNotice error={error} retry={log.retry} />
  const { entries } = log
  if (entries === undefined) return <SkeletonRows />
  if (entries.length === 0)
    return (
      <Empty title="Nothing has moved yet">
        <p>The first move of a pointer will stand here, with who and why.</p>
      </Empty>
    )
  // `latest` moves with every version; it is shown when it is asked for.
  const aliases = [...new Set([...lanes, ...entries].map((one) => one.alias))]
  const shown = told.entries?.filter((one) => alias !== undefined || one.alias !== 'latest')
  const first = (log.isWhole ? entries.at(-1)?.time : made) ?? ''
  return (
    <>
      <SwimLanes log={log} entries={entries} lanes={lanes} asOf={asOf} />
      <AsOfSlider
        span={spanOf([...entries.slice(0, 1), { time: first }])}
        asOf={asOf}
        onChange={(time) => onChange({ asOf: time })}
      />
      <div className={styles.tools}>
        <Select
          aria-label="Pointer"
          placeholder="All pointers but latest"
          clearable
          data={aliases}
          value={alias ?? null}
          onChange={(chosen) => onChange({ alias: chosen ?? undefined })}
        />
        <Chain log={log} />
      </div>
      {shown === undefined ? (
        <SkeletonRows />
      ) : (
        <HistoryDays collection={collection} entries={shown} lanes={lanes} isPast={!!asOf} />
      )}
      {!told.isWhole && told.entries !== undefined && <Older log={told} />}
    </>
  )
}

/** What is not loaded is said, with the way to it. */
function Older({ log }: { readonly log: Log }) {
  const oldest = log.entries?.at(-1)
  return (
    <p className={styles.older}>
      {oldest !== undefined && (
        <span className="soft">Read as far as {formatDay(new Date(oldest.time))}.</span>
      )}
      <Button variant="default" loading={log.isLoading} onClick={log.loadOlder}>
        Load older
      </Button>
    </p>
  )
}

/** How far the chain was checked, in this browser: every hash anew, and each link to the next. */
function Chain({ log }: { readonly log: Log }) {
  const { entries = [], isWhole } = log
  const last = entries[0]?.seq ?? 0
  const first = entries.at(-1)?.seq ?? 0
  const altered = entries.find((entry) => !isItself(entry))
  if (altered !== undefined)
    return (
      <span className={styles.broken} role="alert">
        <IconLinkOff size={16} aria-hidden /> Entry {formatCount(altered.seq)} is not what was
        logged: run “greenroom verify”.
      </span>
    )
  if (!isLinked(entries) || (isWhole && first !== 1))
    return (
      <span className={styles.broken} role="alert">
        <IconLinkOff size={16} aria-hidden /> The log has a gap: run “greenroom verify”.
      </span>
    )
  return (
    <span
      className={`faint ${styles.chain}`}
      title={`Each hash computed anew in this browser. Newest: ${entries[0]?.hash ?? ''}`}
    >
      <IconLink size={16} aria-hidden />
      {isWhole
        ? `Chain verified: ${plural(last, 'entry', 'entries')}, every hash computed anew`
        : `Chain verified from entry ${formatCount(last)} down to ${formatCount(first)}`}
    </span>
  )
}

/** Those that were found to be as they were logged: an entry never changes afterwards. */
const FOUND_WHOLE = new WeakSet<PointerEvent>()

function isItself(entry: PointerEvent): boolean {
  if (!FOUND_WHOLE.has(entry) && hashPointerEvent(entry) === entry.hash) FOUND_WHOLE.add(entry)
  return FOUND_WHOLE.has(entry)
}
