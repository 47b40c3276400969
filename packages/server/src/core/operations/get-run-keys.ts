import { MAX_ITEMS_PER_PAGE } from '../limits.ts'
import type { Actor } from '../model/actor.ts'
import type { MetricKey } from '../model/run.ts'
import type { Registry } from '../registry.ts'
import { getRunOf, type RunRef } from './steps/runs.ts'

export interface RunKeys {
  readonly keys: readonly MetricKey[]
  /** Highest step of the history. */
  readonly lastStep: number
}

/**
 * The metrics of a run, the first thousand by name; undefined where it has no history. Throws
 * `owner_not_found`, `not_found`.
 */
export async function getRunKeys(
  registry: Registry,
  actor: Actor,
  input: { readonly run: RunRef },
): Promise<RunKeys | undefined> {
  return registry.metadata.read(async (tx) => {
    const { run } = await getRunOf(tx, actor, input.run, 'read')
    const lastStep = await tx.runLines.lastStep(run.id)
    if (lastStep === undefined) return undefined
    const page = { runId: run.id, after: '', limit: MAX_ITEMS_PER_PAGE }
    return { keys: await tx.runMetrics.keys(page), lastStep }
  })
}
