import { GreenroomError } from './greenroom-error.ts'

/**
 * What a consumer does when the registry is away. `fail`: nothing else would do. `stale-ok:24h`:
 * what was right at most so long ago is good enough (`s`, `m`, `h`, `d`). `pinned`: what was pulled
 * once stays, and the registry is not asked again.
 */
export type Policy = 'fail' | 'pinned' | `stale-ok:${string}`

const UNIT_MILLISECONDS: Readonly<Record<string, number>> = {
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
}

/** How old an answer may be, in milliseconds: 0 for `fail`. Throws `request_invalid`. */
export function maxAgeOf(policy: Policy): number {
  if (policy === 'fail') return 0
  if (policy === 'pinned') return Number.POSITIVE_INFINITY
  const [, count, unit = ''] = /^stale-ok:(\d{1,9})([smhd])$/.exec(policy) ?? []
  const each = UNIT_MILLISECONDS[unit]
  if (count !== undefined && each !== undefined) return Number(count) * each
  throw new GreenroomError(
    'request_invalid',
    `The policy "${policy}" is none of "fail", "stale-ok:24h" (s, m, h, d) and "pinned".`,
  )
}
