import 'uplot/dist/uPlot.min.css'
import type { Version } from '@greenroom/sdk/wire'
import { useComputedColorScheme } from '@mantine/core'
import { useEffect, useRef } from 'react'
import uPlot from 'uplot'
import { metricsOf } from '../../../ui/metrics.ts'
import { stageLook } from '../../../ui/stage-look.ts'
import { indexOf, type Lane } from '../collection-state.ts'
import styles from './versions.module.css'

interface MetricPlotProps {
  readonly versions: readonly Version[]
  readonly metric: string
  readonly lanes: readonly Lane[]
  readonly onSelect: (versions: readonly string[] | undefined) => void
}

const HEIGHT = 200

/** The curve itself, in a program of its own. */
export default function MetricPlot({ versions, metric, lanes, onSelect }: MetricPlotProps) {
  const place = useRef<HTMLDivElement>(null)
  const scheme = useComputedColorScheme('light')
  const select = useRef(onSelect)
  select.current = onSelect
  useEffect(() => {
    const element = place.current
    if (element === null) return undefined
    const points = versions
      .flatMap(({ version, metadata }) => {
        const value = metricsOf(metadata).get(metric)
        return value === undefined ? [] : [{ version, value }]
      })
      .sort((a, b) => indexOf(a.version) - indexOf(b.version))
    const plot = draw(element, { points, lanes, metric, scheme }, (names) =>
      select.current(names.length === 0 ? undefined : names),
    )
    const watch = new ResizeObserver(() =>
      plot.setSize({ width: element.clientWidth, height: HEIGHT }),
    )
    watch.observe(element)
    return () => {
      watch.disconnect()
      plot.destroy()
    }
  }, [versions, metric, lanes, scheme])
  return (
    <div ref={place} className={styles.chartPlace} role="img" aria-label={`${metric} by version`} />
  )
}

interface Drawn {
  readonly points: readonly { readonly version: string; readonly value: number }[]
  readonly lanes: readonly Lane[]
  readonly metric: string
  /** The colours are read anew when the theme changes. */
  readonly scheme: string
}

function draw(
  element: HTMLElement,
  { points, lanes, metric }: Drawn,
  onSelect: (versions: readonly string[]) => void,
): uPlot {
  const colour = (name: string) => getComputedStyle(document.documentElement).getPropertyValue(name)
  const axis = {
    stroke: colour('--ink-soft'),
    grid: { stroke: colour('--line'), width: 1 },
    ticks: { show: false },
    font: '12px Inter Variable',
  }
  const marked = (plot: uPlot) => {
    for (const { alias, stage, versions } of lanes) {
      const point = points.find(({ version }) => version === versions[0])
      if (point === undefined || stage === undefined || stage.capacity === null) continue
      const x = plot.valToPos(indexOf(point.version), 'x', true)
      const y = plot.valToPos(point.value, 'y', true)
      plot.ctx.fillStyle = colour(`--stage-${stageLook(alias).colour}`)
      plot.ctx.beginPath()
      plot.ctx.arc(x, y, 5 * devicePixelRatio, 0, 2 * Math.PI)
      plot.ctx.fill()
    }
  }
  const brushed = (plot: uPlot) => {
    const { left, width } = plot.select
    if (width < 4) return
    const from = plot.posToVal(left, 'x')
    const to = plot.posToVal(left + width, 'x')
    onSelect(
      points
        .map(({ version }) => version)
        .filter((version) => indexOf(version) >= from && indexOf(version) <= to),
    )
    plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false)
  }
  const options: uPlot.Options = {
    width: element.clientWidth,
    height: HEIGHT,
    scales: { x: { time: false } },
    cursor: { drag: { x: true, y: false, setScale: false } },
    axes: [
      {
        ...axis,
        size: 32,
        values: (_plot, splits) => splits.map((at) => (at % 1 === 0 ? `v${at}` : '')),
      },
      axis,
    ],
    series: [
      { label: 'version' },
      { label: metric, stroke: colour('--accent'), width: 1.5, points: { size: 5 } },
    ],
    legend: { show: false },
    hooks: { draw: [marked], setSelect: [brushed] },
  }
  const data: uPlot.AlignedData = [
    points.map(({ version }) => indexOf(version)),
    points.map(({ value }) => value),
  ]
  return new uPlot(options, data, element)
}
