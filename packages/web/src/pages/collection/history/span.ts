import type { PointerEvent } from '@greenroom/sdk/wire'

/** The time that a history covers, as a scale of 0 to 100. */
export interface Span {
  readonly from: number
  readonly until: number
  share(time: number): number
}

/** After the last move a tenth more, so that what holds now has a bar. */
const TAIL = 0.1

export function spanOf(entries: readonly Pick<PointerEvent, 'time'>[]): Span {
  const times = entries.map(({ time }) => Date.parse(time))
  const from = times.reduce((one, other) => Math.min(one, other), Number.POSITIVE_INFINITY)
  const last = times.reduce((one, other) => Math.max(one, other), Number.NEGATIVE_INFINITY)
  const until = last + Math.max(1_000, (last - from) * TAIL)
  return {
    from,
    until,
    share: (time) => Math.min(100, Math.max(0, ((time - from) / (until - from)) * 100)),
  }
}

interface Tick {
  readonly share: number
  readonly label: string
}

const DAY = 86_400_000
const OF_DAYS = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' })
const OF_YEARS = new Intl.DateTimeFormat('en-GB', { month: 'short', year: 'numeric' })
const OF_HOURS = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' })
const OF_SECONDS = new Intl.DateTimeFormat('en-GB', { timeStyle: 'medium' })

/** `count` instants at equal distance; one that words do not tell from its neighbour has none. */
export function ticksOf({ from, until }: Span, count: number): readonly Tick[] {
  const step = (until - from) / count
  const format =
    step > 60 * DAY ? OF_YEARS : step > DAY ? OF_DAYS : step > DAY / 1440 ? OF_HOURS : OF_SECONDS
  const labels = Array.from({ length: count }, (_, at) => format.format(from + at * step))
  return labels.map((label, at) => ({
    share: (at / count) * 100,
    label: label === labels[at - 1] ? '' : label,
  }))
}
