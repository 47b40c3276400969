import type { OwnerName, RunReport } from '@greenroom/sdk/wire'
import { ActionIcon, Autocomplete, Button, Slider, Switch, TextInput } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { IconChartLine, IconPlus, IconSearch, IconX } from '@tabler/icons-react'
import { useInfiniteQuery, useQueries } from '@tanstack/react-query'
import { useMemo, useState } from 'react'
import { runMetricsQuery, runQuery, runsQuery } from '../../api/run-queries.ts'
import type { RunSearch } from '../../app/page-search.ts'
import { plural } from '../../ui/format.ts'
import { Empty, ErrorNotice, SkeletonRows } from '../../ui/states.tsx'
import { CURVE_COLOURS, MetricCard } from './metric-card.tsx'
import styles from './run.module.css'

/** Charts that are there before somebody asks for more. */
const FIRST_CHARTS = 24
const MAX_OVERLAYS = CURVE_COLOURS.length - 1

interface CurvesTabProps {
  readonly project: OwnerName
  readonly run: RunReport
  readonly search: RunSearch
  readonly onSearch: (change: RunSearch) => void
}

/** Every metric as a curve: one cursor for all, other runs drawn over it. */
export function CurvesTab({ project, run, search, onSearch }: CurvesTabProps) {
  const query = useInfiniteQuery(runMetricsQuery(project, run))
  const [most, setMost] = useState(FIRST_CHARTS)
  const overlays = useOverlays(project, run, search.with ?? [])
  const runs = useMemo(() => [run, ...overlays], [run, overlays])
  if (query.error !== null)
    return <ErrorNotice error={query.error} retry={() => void query.refetch()} />
  if (query.isPending) return <SkeletonRows rows={6} />
  const metrics = query.data.pages.flatMap(({ items }) => items)
  const wanted = (search.q ?? '').toLowerCase()
  const curves = metrics.filter(
    ({ name, kind }) =>
      kind === 'number' && !name.startsWith('_') && name.toLowerCase().includes(wanted),
  )
  const kept = Math.min(Math.max(Number(search.smooth ?? 0) || 0, 0), 99) / 100
  return (
    <>
      <CurvesBar run={run} project={project} search={search} onSearch={onSearch} />
      {runs.length > 1 && (
        <ul className={styles.overlays} aria-label="Runs that are drawn">
          {runs.map(({ run: name, displayName }, at) => (
            <li key={name}>
              <span
                className={styles.swatch}
                style={{ background: `var(${CURVE_COLOURS[at] ?? '--accent'})` }}
              />
              <bdi className="clip">{displayName}</bdi>
              {at > 0 && (
                <ActionIcon
                  size="sm"
                  variant="subtle"
                  color="gray"
                  aria-label={`Take ${displayName} away`}
                  onClick={() => onSearch({ with: search.with?.filter((one) => one !== name) })}
                >
                  <IconX size={14} aria-hidden />
                </ActionIcon>
              )}
            </li>
          ))}
        </ul>
      )}
      {curves.length === 0 && (
        <Empty title="No curves" icon={<IconChartLine size={32} aria-hidden />}>
          <p>
            {wanted === ''
              ? 'The run has logged no numbers yet.'
              : 'No metric has that in its name.'}
          </p>
        </Empty>
      )}
      <div className={styles.charts}>
        {curves.slice(0, most).map(({ name }) => (
          <MetricCard
            key={name}
            project={project}
            metric={name}
            runs={runs}
            isLog={search.log === 'yes'}
            kept={kept}
          />
        ))}
      </div>
      {(curves.length > most || query.hasNextPage) && (
        <Button
          variant="default"
          onClick={() => {
            setMost(most + FIRST_CHARTS)
            if (query.hasNextPage) void query.fetchNextPage()
          }}
        >
          {curves.length > most ? `${plural(curves.length - most, 'more curve')}` : 'More curves'}
        </Button>
      )}
    </>
  )
}

/** In the order of the address; those that are not there are left out. */
function useOverlays(project: OwnerName, { run }: RunReport, names: readonly string[]) {
  const answers = useQueries({
    queries: names
      .filter((name) => name !== run)
      .slice(0, MAX_OVERLAYS)
      .map((name) => runQuery(project, name)),
  })
  const key = answers.map(({ data }) => `${data?.run} ${data?.state}`).join()
  // biome-ignore lint/correctness/useExhaustiveDependencies: `key` stands for the answers
  return useMemo(() => answers.flatMap(({ data }) => data ?? []), [key])
}

function CurvesBar({ run, project, search, onSearch }: CurvesTabProps) {
  return (
    <div className={styles.bar}>
      <TextInput
        aria-label="Filter metrics"
        placeholder="Filter metrics"
        data-page-filter
        leftSection={<IconSearch size={16} aria-hidden />}
        value={search.q ?? ''}
        onChange={({ currentTarget }) => onSearch({ q: currentTarget.value })}
      />
      <AddRun
        project={project}
        taken={[run.run, ...(search.with ?? [])]}
        onAdd={(name) => onSearch({ with: [...(search.with ?? []), name] })}
      />
      <div className={styles.smooth}>
        <span className="soft" id="smoothing">
          Smoothing
        </span>
        <Slider
          thumbProps={{ 'aria-labelledby': 'smoothing' }}
          min={0}
          max={99}
          label={(value) => `${value} %`}
          defaultValue={Number(search.smooth ?? 0) || 0}
          onChangeEnd={(value) => onSearch({ smooth: value === 0 ? undefined : String(value) })}
        />
      </div>
      <Switch
        label="Log axis"
        checked={search.log === 'yes'}
        onChange={({ currentTarget }) =>
          onSearch({ log: currentTarget.checked ? 'yes' : undefined })
        }
      />
    </div>
  )
}

interface AddRunProps {
  readonly project: OwnerName
  readonly taken: readonly string[]
  readonly onAdd: (run: string) => void
}

function AddRun({ project, taken, onAdd }: AddRunProps) {
  const [typed, setTyped] = useState('')
  const [contains] = useDebouncedValue(typed.trim(), 150)
  const { data } = useInfiniteQuery(
    runsQuery(project, { contains: contains || undefined, limit: 30 }),
  )
  const found = data?.pages[0]?.items.filter(({ run }) => !taken.includes(run)) ?? []
  // Two runs may have one display name: the key behind it tells them apart.
  const choices = new Map(found.map((one) => [`${one.displayName} (${one.run})`, one.run]))
  return (
    <Autocomplete
      aria-label="Draw another run over it"
      placeholder="Draw another run over it"
      leftSection={<IconPlus size={16} aria-hidden />}
      disabled={taken.length > MAX_OVERLAYS}
      data={[...choices.keys()]}
      filter={({ options }) => options}
      value={typed}
      onChange={setTyped}
      onOptionSubmit={(choice) => {
        const run = choices.get(choice)
        setTyped('')
        if (run !== undefined) onAdd(run)
      }}
    />
  )
}
