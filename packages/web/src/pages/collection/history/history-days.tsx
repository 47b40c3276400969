import type { CollectionName } from '@greenroom/sdk'
import type { LoggedSlot, PointerEvent } from '@greenroom/sdk/wire'
import { Button } from '@mantine/core'
import { IconArrowBackUp, IconArrowRight } from '@tabler/icons-react'
import { useState } from 'react'
import { openRollback } from '../../../move/open-move.ts'
import { formatCount, formatDay } from '../../../ui/format.ts'
import { StageChip } from '../../../ui/stage-chip.tsx'
import { Time } from '../../../ui/time.tsx'
import { VersionLink } from '../../../ui/version-link.tsx'
import { CAUSES, type Lane } from '../collection-state.ts'
import styles from './history.module.css'
import { type Change, changesOf } from './holdings.ts'

interface HistoryDaysProps {
  readonly collection: CollectionName
  /** Newest first. */
  readonly entries: readonly PointerEvent[]
  readonly lanes: readonly Lane[]
  readonly isPast: boolean
}

const AT_FIRST = 100

/** The changes by day: who, from what to what, why, and what came with it. */
export function HistoryDays({ collection, entries, lanes, isPast }: HistoryDaysProps) {
  const [limit, setLimit] = useState(AT_FIRST)
  const changes = changesOf(entries)
  const days = Map.groupBy(changes.slice(0, limit), ({ main }) => formatDay(new Date(main.time)))
  return (
    <>
      {[...days].map(([day, some]) => (
        <section key={day} className={styles.day}>
          <h2>{day}</h2>
          <ol className={styles.changes}>
            {some.map((change) => (
              <ChangeRow
                key={change.main.changeId}
                collection={collection}
                change={change}
                lane={isPast ? undefined : lanes.find(({ alias }) => alias === change.main.alias)}
              />
            ))}
          </ol>
        </section>
      ))}
      {changes.length > limit && (
        <Button variant="default" onClick={() => setLimit(limit + AT_FIRST)}>
          {formatCount(changes.length - limit)} more
        </Button>
      )}
    </>
  )
}

interface ChangeRowProps {
  readonly collection: CollectionName
  readonly change: Change
  /** Of its alias as it is now; undefined: nothing can be taken back from here. */
  readonly lane: Lane | undefined
}

function ChangeRow({ collection, change, lane }: ChangeRowProps) {
  const { main, others } = change
  const to = main.to?.[0]?.version
  const mayReturn =
    lane !== undefined &&
    to !== undefined &&
    lane.stage?.capacity !== null &&
    lane.versions[0] !== to
  return (
    <li className={styles.change}>
      <span className={styles.when}>
        <Time at={main.time} />
      </span>
      <div className={styles.what}>
        <p className={styles.move}>
          <StageChip name={main.alias} />
          <Bearers collection={collection} slots={main.from} gone={main.removed} />
          <IconArrowRight size={14} role="img" aria-label="to" />
          <Bearers collection={collection} slots={main.to} gone={main.added} />
        </p>
        {main.reason !== null && main.reason !== '' && (
          <p className={styles.reason}>{main.reason}</p>
        )}
        {others.length > 0 && (
          <p className={styles.others}>
            {others.map((other) => (
              <span key={other.seq}>{sentenceOf(other)}</span>
            ))}
          </p>
        )}
      </div>
      <span className={`soft ${styles.who}`}>
        {CAUSES[main.cause]} by {main.actor}
        <span className="faint num"> #{main.seq}</span>
      </span>
      <span className={styles.back}>
        {mayReturn && (
          <Button
            size="compact-sm"
            variant="subtle"
            leftSection={<IconArrowBackUp size={16} aria-hidden />}
            onClick={() => openRollback({ collection, alias: main.alias, to })}
          >
            Roll back to here
          </Button>
        )}
      </span>
    </li>
  )
}

interface BearersProps {
  readonly collection: CollectionName
  /** Null: an alias that any number may bear; then only who came or went is known. */
  readonly slots: readonly LoggedSlot[] | null
  readonly gone: readonly string[]
}

function Bearers({ collection, slots, gone }: BearersProps) {
  const versions = slots?.map(({ version }) => version) ?? gone
  if (versions.length === 0) return <span className="faint">nobody</span>
  return (
    <>
      {versions.slice(0, 4).map((version) => (
        <VersionLink key={version} collection={collection} version={version} />
      ))}
      {versions.length > 4 && <span className="faint">+{versions.length - 4}</span>}
    </>
  )
}

/** What came with it: `v11 became archived`. */
function sentenceOf({ alias, added, removed }: PointerEvent): string {
  const came = added.length > 0 ? `${added.join(', ')} became ${alias}` : ''
  const went = removed.length > 0 ? `${removed.join(', ')} was ${alias} no longer` : ''
  return [came, went].filter(Boolean).join('; ')
}
