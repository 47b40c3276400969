import { type GreenroomError, isGreenroomError } from './greenroom-error.ts'

const FIRST_PAUSE_MILLISECONDS = 250
const MAX_PAUSE_MILLISECONDS = 15_000
/** Who asks for more patience than this gets its refusal handed to the caller. */
const MAX_RETRY_AFTER_MILLISECONDS = 120_000

/** Answers that say "not now"; the call was not done, or may be done again. */
const PASSING_STATUSES: ReadonlySet<number | undefined> = new Set([429, 502, 503, 504])

/** Whether the same call may go well in a while. */
export function isPassing(thrown: unknown): thrown is GreenroomError {
  if (!isGreenroomError(thrown)) return false
  return thrown.code === 'unreachable' || PASSING_STATUSES.has(thrown.status)
}

/**
 * Milliseconds until attempt `attempt` + 1 (the first is 1), or undefined when the server asks for
 * too many. Doubles with every attempt; the half of it is chance, so that a crowd comes back
 * spread.
 */
export function pauseBefore(attempt: number, retryAfter: string | null): number | undefined {
  const base = Math.min(FIRST_PAUSE_MILLISECONDS * 2 ** (attempt - 1), MAX_PAUSE_MILLISECONDS)
  const pause = base / 2 + (base / 2) * Math.random()
  const asked = retryAfterMilliseconds(retryAfter)
  if (asked > MAX_RETRY_AFTER_MILLISECONDS) return undefined
  return Math.max(pause, asked)
}

/** RFC 9110 §10.2.3: seconds or a date; 0 for anything else. */
function retryAfterMilliseconds(header: string | null): number {
  if (header === null) return 0
  if (/^\d+$/.test(header.trim())) return Number(header) * 1000
  const date = Date.parse(header)
  return Number.isNaN(date) ? 0 : Math.max(0, date - Date.now())
}

/** Throws the signal's reason when it fires first. */
export function sleep(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted()
    const abort = () => {
      clearTimeout(timer)
      reject(signal?.reason)
    }
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', abort)
      resolve()
    }, milliseconds)
    signal?.addEventListener('abort', abort, { once: true })
  })
}
