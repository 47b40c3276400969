import 'uplot/dist/uPlot.min.css'
import { useComputedColorScheme } from '@mantine/core'
import { useElementSize } from '@mantine/hooks'
import { useEffect, useRef, useState } from 'react'
import UPlot from 'uplot'
import { formatMetric } from '../../ui/format.ts'
import type { Curve } from './curve.ts'
import styles from './run.module.css'

export interface Drawn extends Curve {
  readonly name: string
  /** Of `tokens.css`. */
  readonly colour: string
}

interface ChartProps {
  readonly label: string
  readonly curves: readonly Drawn[]
  readonly isLog: boolean
}

const HEIGHT = 200
/** Charts of a page share it: all of them show the same step. */
const CURSOR = 'run'

/** Curves over their steps. Its words are in its label: a canvas says nothing to readers. */
export function Chart({ label, curves, isLog }: ChartProps) {
  const { ref, width } = useElementSize()
  const place = useRef<HTMLDivElement>(null)
  const scheme = useComputedColorScheme('light')
  const [step, setStep] = useState<number>()
  // biome-ignore lint/correctness/useExhaustiveDependencies: `scheme` changes what colours mean
  useEffect(() => {
    if (place.current === null || width === 0) return
    const plot = new UPlot(optionsOf(curves, isLog, width, setStep), dataOf(curves), place.current)
    return () => plot.destroy()
  }, [curves, isLog, width, scheme])
  return (
    <div ref={ref}>
      <div ref={place} role="img" aria-label={label} style={{ height: HEIGHT }} />
      <Readout curves={curves} step={step} />
    </div>
  )
}

function Readout({
  curves,
  step,
}: {
  readonly curves: readonly Drawn[]
  readonly step?: number | undefined
}) {
  return (
    <ul className={styles.readout}>
      {curves.map((curve) => {
        const at = step === undefined ? curve.steps.length - 1 : lastUpTo(curve.steps, step)
        const value = curve.values[at]
        return (
          <li key={curve.name}>
            <span className={styles.swatch} style={{ background: `var(${curve.colour})` }} />
            <bdi className="clip">{curve.name}</bdi>
            <span className="num">{value === undefined ? '' : formatMetric(value)}</span>
          </li>
        )
      })}
      <li className="faint num">{step === undefined ? 'last' : `step ${step}`}</li>
    </ul>
  )
}

/** Where the last step is that is not behind `step`; -1: there is none. */
function lastUpTo(steps: readonly number[], step: number): number {
  return steps.findLastIndex((one) => one <= step)
}

/** One table for all: steps that some curve lacks are gaps there. */
function dataOf(curves: readonly Drawn[]): UPlot.AlignedData {
  return UPlot.join(curves.map(({ steps, values }) => [[...steps], [...values]]))
}

function optionsOf(
  curves: readonly Drawn[],
  isLog: boolean,
  width: number,
  onStep: (step: number | undefined) => void,
): UPlot.Options {
  const colourOf = (name: string) =>
    getComputedStyle(document.documentElement).getPropertyValue(name).trim()
  const axis: UPlot.Axis = {
    stroke: colourOf('--ink-soft'),
    font: "11px 'Inter Variable', system-ui",
    grid: { stroke: colourOf('--line'), width: 1 },
    ticks: { stroke: colourOf('--line'), width: 1, size: 4 },
  }
  return {
    width,
    height: HEIGHT,
    padding: [8, 12, 0, 0],
    legend: { show: false },
    cursor: { sync: { key: CURSOR }, drag: { x: true, y: false }, y: false },
    scales: { x: { time: false }, y: { distr: isLog ? 3 : 1 } },
    axes: [
      { ...axis, size: 28 },
      { ...axis, size: 56, values: (_, ticks) => ticks.map(tickOf) },
    ],
    series: [
      {},
      ...curves.map(({ colour }) => ({
        stroke: colourOf(colour),
        width: 1.5,
        spanGaps: true,
        points: { show: false },
      })),
    ],
    hooks: {
      setCursor: [({ cursor, data }) => onStep(data[0][cursor.idx ?? -1])],
    },
  }
}

/** Between two powers of ten a logarithmic axis names none. */
function tickOf(value: number | null): string {
  return value === null ? '' : formatMetric(value)
}
