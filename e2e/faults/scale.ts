/**
 * How much of the whole a fault suite does: `GREENROOM_TEST_SCALE`, else a tenth where a build
 * server waits for it, else all.
 */
export const SCALE = Number(
  process.env.GREENROOM_TEST_SCALE ?? (process.env.CI === 'true' ? 0.1 : 1),
)

/** So many of `whole`, and never fewer than `least`. */
export function scaled(whole: number, least = 1): number {
  return Math.max(least, Math.ceil(whole * SCALE))
}

/**
 * Chooses other histories each time, but for a build server: what it refuses must be the change's
 * own fault. `GREENROOM_TEST_SEED` replays those of a run that failed.
 */
export function firstSeed(): number {
  const chosen = process.env.CI === 'true' ? 1 : Date.now() % 1_000_000_000
  return Number(process.env.GREENROOM_TEST_SEED ?? chosen)
}
