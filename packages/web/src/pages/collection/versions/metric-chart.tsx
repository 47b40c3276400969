import type { Measure, Version } from '@greenroom/sdk/wire'
import { Select } from '@mantine/core'
import { lazy, Suspense, useState } from 'react'
import { directionOf } from '../../../ui/metrics.ts'
import { SkeletonBlock } from '../../../ui/states.tsx'
import type { Lane } from '../collection-state.ts'
import styles from './versions.module.css'

/** Asked for with the tab: it comes beside the versions, not after them. */
const plot = import('./metric-plot.tsx')
const MetricPlot = lazy(() => plot)

interface MetricChartProps {
  /** Undefined: they still come, and the frame of the chart stands already. */
  readonly versions: readonly Version[] | undefined
  readonly metrics: readonly string[]
  readonly measures: readonly Measure[]
  readonly lanes: readonly Lane[]
  readonly onSelect: (versions: readonly string[] | undefined) => void
}

/** A metric over the versions, the bearers marked; what is drawn over is selected in the table. */
export function MetricChart({ versions, metrics, measures, lanes, onSelect }: MetricChartProps) {
  const [chosen, setChosen] = useState<string>()
  const metric = metrics.includes(chosen ?? '') ? (chosen ?? '') : (metrics[0] ?? '')
  const direction = directionOf(metric, measures)
  return (
    <figure className={styles.chart}>
      <figcaption className={styles.chartHead}>
        <Select
          aria-label="Metric of the chart"
          size="xs"
          allowDeselect={false}
          disabled={versions === undefined}
          data={[...metrics]}
          value={metric}
          onChange={(value) => setChosen(value ?? undefined)}
        />
        <span className="faint">
          {direction === undefined ? '' : `${direction} is better · `}draw over some to select them
        </span>
      </figcaption>
      <Suspense fallback={<SkeletonBlock height={200} />}>
        {versions === undefined ? (
          <SkeletonBlock height={200} />
        ) : (
          <MetricPlot versions={versions} metric={metric} lanes={lanes} onSelect={onSelect} />
        )}
      </Suspense>
    </figure>
  )
}
