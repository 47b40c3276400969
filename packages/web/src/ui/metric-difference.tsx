import { IconArrowDownRight, IconArrowUpRight } from '@tabler/icons-react'
import { formatMetric } from './format.ts'
import { isBetter } from './metrics.ts'
import styles from './ui.module.css'

interface MetricDifferenceProps {
  /** Of the metric; its name says whether more is better. */
  readonly metric: string
  readonly before: number
  readonly now: number
}

/** How a metric moved: the arrow follows the number, the colour says whether that is good. */
export function MetricDifference({ metric, before, now }: MetricDifferenceProps) {
  if (now === before) return <span className="faint num">=</span>
  const better = isBetter(metric, before, now)
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
