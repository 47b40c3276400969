import { isIPv6 } from 'node:net'
import { RegistryError } from '../core/errors.ts'
import { MAX_FAILED_SIGN_INS, MAX_REMEMBERED_CALLERS } from '../core/limits.ts'

/** After so long one failure more is free. */
const SECONDS_PER_FAILURE = 30

/** Holds up who guesses: so many failures at once, then one every half minute, for each address. */
export interface FailureLimit {
  /** Throws `rate_limited`, with the seconds to wait, while an address has failed too often. */
  check(address: string): void
  note(address: string): void
}

/** `clock` gives milliseconds that never go back. */
export function createFailureLimit(clock: () => number = () => performance.now()): FailureLimit {
  /** By caller, the instant at which all of its failures are forgotten. */
  const clearAt = new Map<string, number>()
  const fullMilliseconds = MAX_FAILED_SIGN_INS * SECONDS_PER_FAILURE * 1000
  return {
    check(address) {
      const over = (clearAt.get(callerOf(address)) ?? 0) - clock() - fullMilliseconds
      if (over <= -SECONDS_PER_FAILURE * 1000) return
      const retryAfterSeconds = Math.ceil(over / 1000) + SECONDS_PER_FAILURE
      throw new RegistryError(
        'rate_limited',
        `Too many sign-ins have failed from here. Try again in ${retryAfterSeconds} seconds.`,
        { retryAfterSeconds },
      )
    },
    note(address) {
      const caller = callerOf(address)
      const from = Math.max(clearAt.get(caller) ?? 0, clock())
      clearAt.delete(caller)
      clearAt.set(caller, from + SECONDS_PER_FAILURE * 1000)
      for (const oldest of clearAt.keys()) {
        if (clearAt.size <= MAX_REMEMBERED_CALLERS) break
        clearAt.delete(oldest)
      }
    },
  }
}

/** Who has an IPv6 network has 2^64 addresses of it. */
function callerOf(address: string): string {
  if (!isIPv6(address) || address.startsWith('::ffff:')) return address
  const [head = '', tail] = address.split('::', 2)
  const groups = head.split(':')
  const missing = tail === undefined ? 0 : 8 - groups.length - tail.split(':').length
  return [...groups, ...Array(Math.max(0, missing)).fill('0')].slice(0, 4).join(':')
}
