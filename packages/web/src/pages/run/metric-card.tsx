import type { OwnerName, Run } from '@greenroom/sdk/wire'
import { Skeleton } from '@mantine/core'
import { useInViewport } from '@mantine/hooks'
import { useQueries } from '@tanstack/react-query'
import { useMemo, useState } from 'react'
import { curveQuery } from '../../api/run-queries.ts'
import { ErrorNotice } from '../../ui/states.tsx'
import { Chart, type Drawn } from './chart.tsx'
import { curveOf, describeCurve, smooth } from './curve.ts'
import styles from './run.module.css'

/** Of the run itself, then of those drawn over it. */
export const CURVE_COLOURS = [
  '--accent',
  '--stage-amber',
  '--stage-teal',
  '--stage-pink',
  '--stage-blue',
  '--stage-green',
] as const

interface MetricCardProps {
  readonly project: OwnerName
  readonly metric: string
  /** The run first. */
  readonly runs: readonly Run[]
  readonly isLog: boolean
  /** 0 to 0.99. */
  readonly kept: number
}

/** One metric; its values are asked for when it comes into sight. */
export function MetricCard({ project, metric, runs, isLog, kept }: MetricCardProps) {
  const { ref, inViewport } = useInViewport()
  const [wasSeen, setSeen] = useState(false)
  if (inViewport && !wasSeen) setSeen(true)
  const answers = useQueries({
    queries: runs.map((run) => ({ ...curveQuery(project, run, metric), enabled: wasSeen })),
  })
  const failed = answers.find(({ error }) => error !== null)
  const key = answers.map(({ dataUpdatedAt }) => dataUpdatedAt).join()
  // biome-ignore lint/correctness/useExhaustiveDependencies: `key` stands for the answers
  const curves = useMemo(() => {
    const drawn: Drawn[] = []
    for (const [at, run] of runs.entries()) {
      const history = answers[at]?.data
      if (history === undefined) continue
      const colour = CURVE_COLOURS[at % CURVE_COLOURS.length] ?? '--accent'
      const curve = smooth(curveOf(history, metric), kept)
      if (curve.steps.length > 0) drawn.push({ ...curve, name: run.displayName, colour })
    }
    return drawn
  }, [key, runs, metric, kept])
  return (
    <section className={styles.chart} ref={ref} aria-label={metric}>
      <h3>
        <bdi className="clip" title={metric}>
          {metric}
        </bdi>
      </h3>
      {failed !== undefined ? (
        <ErrorNotice error={failed.error} retry={() => void failed.refetch()} />
      ) : curves.length > 0 ? (
        <Chart
          label={curves.map((curve) => describeCurve(metric, curve)).join('; ')}
          curves={curves}
          isLog={isLog}
        />
      ) : answers.every(({ data }) => data !== undefined) ? (
        <p className="faint">Nothing that can be drawn.</p>
      ) : (
        <Skeleton height={228} />
      )}
    </section>
  )
}
