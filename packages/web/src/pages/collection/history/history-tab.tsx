import { Select } from '@mantine/core'
import { IconLink, IconLinkOff } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { logUntilQuery } from '../../../api/queries.ts'
import { formatCount } from '../../../ui/format.ts'
import { Empty, ErrorNotice, SkeletonRows } from '../../../ui/states.tsx'
import type { TabProps } from '../tab-props.ts'
import { AsOfSlider } from './as-of-slider.tsx'
import styles from './history.module.css'
import { HistoryDays } from './history-days.tsx'
import { isLinked } from './holdings.ts'
import { SwimLanes } from './swim-lanes.tsx'

/** How it came to be as it is: who held what when, and every change with who, why and what else. */
export default function HistoryTab({ collection, lanes, search, onChange }: TabProps) {
  const { data, error, refetch } = useQuery(logUntilQuery(collection, ''))
  if (error !== null) return <ErrorNotice error={error} retry={() => void refetch()} />
  if (data === undefined) return <SkeletonRows />
  // `latest` moves with every version; it is shown when it is asked for.
  const aliases = [...new Set(data.map(({ alias }) => alias))]
  const shown = data.filter(({ alias, time }) => {
    if (search.asOf !== undefined && time > search.asOf) return false
    return search.alias === undefined ? alias !== 'latest' : alias === search.alias
  })
  if (data.length === 0)
    return (
      <Empty title="Nothing has moved yet">
        <p>The first move of a pointer will stand here, with who and why.</p>
      </Empty>
    )
  return (
    <>
      <SwimLanes collection={collection} entries={data} lanes={lanes} asOf={search.asOf} />
      <AsOfSlider entries={data} asOf={search.asOf} onChange={(asOf) => onChange({ asOf })} />
      <div className={styles.tools}>
        <Select
          aria-label="Pointer"
          placeholder="All pointers but latest"
          clearable
          data={aliases}
          value={search.alias ?? null}
          onChange={(alias) => onChange({ alias: alias ?? undefined })}
        />
        <Chain entries={data} />
      </div>
      <HistoryDays collection={collection} entries={shown} lanes={lanes} isPast={!!search.asOf} />
    </>
  )
}

function Chain({ entries }: { readonly entries: Parameters<typeof isLinked>[0] }) {
  const last = entries[0]?.seq ?? 0
  const first = entries.at(-1)?.seq ?? 0
  if (!isLinked(entries) && first === 1)
    return (
      <span className={styles.broken} role="alert">
        <IconLinkOff size={16} aria-hidden /> The log has a gap: run “greenroom verify”.
      </span>
    )
  return (
    <span className={`faint ${styles.chain}`}>
      <IconLink size={16} aria-hidden /> Entries {formatCount(first)}–{formatCount(last)}, each
      linked to the one before
    </span>
  )
}
