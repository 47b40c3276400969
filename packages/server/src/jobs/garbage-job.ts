import { setTimeout as sleep } from 'node:timers/promises'
import {
  type Collected,
  collectGarbage,
  resumeRemovals,
} from '../core/operations/collect-garbage.ts'
import type { Registry } from '../core/registry.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
/** Between steps of a few milliseconds each: requests have most of the time. */
const PAUSE_MILLISECONDS = 5
/** How often an interrupted removal is tried again while another holds the lease. */
const RESUME_MILLISECONDS = 5_000
/** Looking through all of the store finds only what crashes left: once a day is enough. */
const RUNS_PER_SEARCH = 24

export interface GarbageJobOptions {
  readonly graceSeconds: number
  /** Keeps a backup from beginning meanwhile; null while one runs. */
  readonly hold: () => { release(): void } | null
  /** Null: another process collects, or a backup runs. */
  readonly onCollected: (collected: Collected | null) => void
  readonly onFailed: (error: unknown) => void
  readonly intervalMilliseconds?: number
  readonly firstMilliseconds?: number
}

/** Collects garbage every hour or so, one collection at a time. Gives the way to stop. */
export function startGarbageJob(
  registry: Registry,
  options: GarbageJobOptions,
): { stop(): Promise<void> } {
  const ending = new AbortController()
  const { signal } = ending
  const running = run(registry, options, signal).catch((error: unknown) => {
    if (!signal.aborted) options.onFailed(error)
  })
  return {
    stop: async () => {
      ending.abort()
      await running
    },
  }
}

async function run(
  registry: Registry,
  options: GarbageJobOptions,
  signal: AbortSignal,
): Promise<void> {
  const { intervalMilliseconds = HOUR, firstMilliseconds = MINUTE } = options
  const wait = (milliseconds: number) => sleep(milliseconds, undefined, { signal, ref: false })
  // Until they have ended, uploads of the very bytes that are being removed are refused.
  while (!(await attempt(options, signal, () => resumeRemovals(registry))))
    await wait(RESUME_MILLISECONDS)
  await wait(jittered(registry, firstMilliseconds))
  for (let runs = 0; ; runs++) {
    const searchStore = runs % RUNS_PER_SEARCH === 0
    await attempt(options, signal, async () => {
      const hold = options.hold()
      try {
        options.onCollected(
          hold &&
            (await collectGarbage(registry, {
              graceSeconds: options.graceSeconds,
              searchStore,
              pause: () => wait(PAUSE_MILLISECONDS),
            })),
        )
      } finally {
        hold?.release()
      }
    })
    await wait(jittered(registry, intervalMilliseconds))
  }
}

/** A fault of a store is told, and over with the next run. */
async function attempt<Result>(
  { onFailed }: GarbageJobOptions,
  signal: AbortSignal,
  work: () => Promise<Result>,
): Promise<Result | undefined> {
  try {
    return await work()
  } catch (error) {
    signal.throwIfAborted()
    onFailed(error)
    return undefined
  }
}

/** Replicas that start together should not come together for ever: a tenth more or less. */
function jittered(registry: Registry, milliseconds: number): number {
  const share = Number.parseInt(registry.randomHex(2), 16) / 0xffff
  return milliseconds * (0.9 + 0.2 * share)
}
