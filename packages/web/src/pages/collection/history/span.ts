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
  const from = Math.min(...times)
  const last = Math.max(...times)
  const until = last + Math.max(1_000, (last - from) * TAIL)
  return {
    from,
    until,
    share: (time) => Math.min(100, Math.max(0, ((time - from) / (until - from)) * 100)),
  }
}
