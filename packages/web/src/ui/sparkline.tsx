import { formatMetric } from './format.ts'
import { stageLook } from './stage-look.ts'

export interface SparkPoint {
  readonly version: string
  readonly value: number
  /** The stage that it bears: marked in its colour. */
  readonly stage?: string | undefined
}

interface SparklineProps {
  readonly metric: string
  /** Oldest first. */
  readonly points: readonly SparkPoint[]
}

const WIDTH = 96
const HEIGHT = 28
const INSET = 4

/** A metric over the last versions, those that bear a stage marked. */
export function Sparkline({ metric, points }: SparklineProps) {
  const values = points.map(({ value }) => value)
  const low = Math.min(...values)
  const range = Math.max(...values) - low || 1
  const x = (at: number) => INSET + (at * (WIDTH - 2 * INSET)) / Math.max(1, points.length - 1)
  const y = (value: number) => HEIGHT - INSET - ((value - low) * (HEIGHT - 2 * INSET)) / range
  const line = points.map(({ value }, at) => `${x(at).toFixed(1)},${y(value).toFixed(1)}`).join(' ')
  const last = points.at(-1)
  const borne = points.flatMap(({ version, stage }) =>
    stage === undefined ? [] : [`${stage} ${version}`],
  )
  const label =
    `${metric}: ${points.length} versions, last ${formatMetric(last?.value ?? Number.NaN)}` +
    (borne.length > 0 ? `; ${borne.join(', ')}` : '')
  return (
    <svg width={WIDTH} height={HEIGHT} role="img" aria-label={label}>
      <title>{label}</title>
      <polyline points={line} fill="none" stroke="var(--ink-faint)" strokeWidth={1.25} />
      {points.map(({ version, value, stage }, at) =>
        stage === undefined ? null : (
          <circle
            key={version}
            cx={x(at)}
            cy={y(value)}
            r={3}
            fill={`var(--stage-${stageLook(stage).colour})`}
            stroke="var(--surface)"
          />
        ),
      )}
    </svg>
  )
}
