import type { Micros } from './core/model/time.ts'

/** Base 36 digits that hold every microsecond until the year 6137. */
const TIME_CHARACTERS = 11
const RANDOM_BYTES = 8

/**
 * Makes ids of lower-case letters and digits: the time in microseconds, which never stands still
 * within a process, and 64 random bits, which keep processes apart. 27 characters.
 */
export function createNewId(now: () => Micros, randomHex: (bytes: number) => string): () => string {
  let last = 0
  return () => {
    last = Math.max(last + 1, now())
    return last.toString(36).padStart(TIME_CHARACTERS, '0') + randomHex(RANDOM_BYTES)
  }
}
