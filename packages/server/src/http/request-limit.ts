import { RegistryError } from '../core/errors.ts'
import { MAX_REMEMBERED_CALLERS } from '../core/limits.ts'

const MINUTE_MILLISECONDS = 60_000

/** Counts a request of a caller. Throws `rate_limited`, with the seconds to wait. */
export type RequestLimit = (caller: string) => void

/**
 * So many requests a minute for each caller, spread as they like. What is kept of one is the
 * instant at which their allowance is whole again (a leaky bucket, known as GCRA). 0: no limit.
 * `clock` gives milliseconds that never go back.
 */
export function createRequestLimit(
  perMinute: number,
  clock: () => number = () => performance.now(),
): RequestLimit {
  if (perMinute === 0) return () => {}
  const each = MINUTE_MILLISECONDS / perMinute
  const wholeAt = new Map<string, number>()
  return (caller) => {
    const now = clock()
    const whole = Math.max(wholeAt.get(caller) ?? 0, now)
    const over = whole + each - now - MINUTE_MILLISECONDS
    // Last in is last out: a map keeps the order in which its keys came.
    wholeAt.delete(caller)
    wholeAt.set(caller, over > 0 ? whole : whole + each)
    for (const longest of wholeAt.keys()) {
      if (wholeAt.size <= MAX_REMEMBERED_CALLERS) break
      wholeAt.delete(longest)
    }
    if (over > 0) throw tooMany(perMinute, over)
  }
}

function tooMany(perMinute: number, waitMilliseconds: number): RegistryError {
  const retryAfterSeconds = Math.max(1, Math.ceil(waitMilliseconds / 1000))
  return new RegistryError(
    'rate_limited',
    `A token has ${perMinute} requests a minute here. Wait ${retryAfterSeconds} seconds, or ask ` +
      'an operator for a higher --rate-limit.',
    { retryAfterSeconds },
  )
}
