import type { Measure } from '@greenroom/sdk/wire'
import { IconArrowDownRight, IconArrowUpRight } from '@tabler/icons-react'
import { formatMetric } from './format.ts'
import { isBetter } from './metrics.ts'
import styles from './ui.module.css'

interface MetricDifferenceProps {
  readonly metric: string
  /** Of the collection: whether more of it is better. */
  readonly measures?: readonly Measure[]
  readonly before: number
  readonly now: number
}

/** How a metric moved: the arrow follows the number, the colour says whether that is good. */
export function MetricDifference({ metric, measures, before, now }: MetricDifferenceProps) {
  if (now === before) return <span className="faint num">=</span>
  const better = isBetter(metric, before, now, measures)
  const Arrow = now > before ? IconArrowUpRight : IconArrowDownRight
  const judgement = better === undefined ? 'another' : better ? 'better' : 'worse'
  return (
    <span
      className={styles.difference}
      data-judgement={judgement}
      title={`${judgement} than ${formatMetric(before)}`}
    >
      <Arrow size={14} aria-hidden />
      <span className="num">{formatMetric(Math.abs(now - before))}</span>
      <span className="visually-hidden">{judgement}</span>
    </span>
  )
}
