import type { RunHistory } from '@greenroom/sdk/wire'

// A metric of a run as points, smoothed or not. Pure, so that it can be tested.

export interface Curve {
  readonly steps: readonly number[]
  readonly values: readonly number[]
}

/** Lines that have a number for the metric, by their step. */
export function curveOf({ items }: RunHistory, metric: string): Curve {
  const steps: number[] = []
  const values: number[] = []
  for (const { line, values: logged } of items) {
    const value = valueIn(logged, metric)
    if (value === undefined) continue
    const step = typeof logged._step === 'number' ? logged._step : line
    // Sent again, a step replaces itself: a chart takes one value for each.
    if (steps.at(-1) === step) values[values.length - 1] = value
    else {
      steps.push(step)
      values.push(value)
    }
  }
  return { steps, values }
}

/** Under its own name, or down a dotted path. */
function valueIn(logged: Readonly<Record<string, unknown>>, metric: string): number | undefined {
  if (Object.hasOwn(logged, metric)) return numberIn(logged[metric])
  let value: unknown = logged
  for (const part of metric.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) return undefined
    value = (value as Readonly<Record<string, unknown>>)[part]
  }
  return numberIn(value)
}

function numberIn(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined
}

/**
 * An exponential average that begins unbiased: `kept` (0 to 0.99) of what was before stays. As in
 * Kingma and Ba, "Adam", section 3.
 */
export function smooth({ steps, values }: Curve, kept: number): Curve {
  if (kept <= 0) return { steps, values }
  let average = 0
  let weight = 1
  const smoothed = values.map((value) => {
    average = average * kept + value * (1 - kept)
    weight *= kept
    return average / (1 - weight)
  })
  return { steps, values: smoothed }
}

/** What a curve says, in words. */
export function describeCurve(metric: string, { steps, values }: Curve): string {
  const [first] = values
  const last = values.at(-1)
  if (first === undefined || last === undefined) return `${metric}: no values`
  const lowest = values.reduce((least, value) => Math.min(least, value))
  const highest = values.reduce((most, value) => Math.max(most, value))
  return (
    `${metric}: from ${first} at step ${steps[0]} to ${last} at step ${steps.at(-1)}, ` +
    `lowest ${lowest}, highest ${highest}`
  )
}
