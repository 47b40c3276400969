import { MAX_STEPS_PER_PAGE } from '../limits.ts'
import type { Actor } from '../model/actor.ts'
import { checkPageSize } from '../model/page.ts'
import type { RunLine } from '../model/run.ts'
import type { Registry } from '../registry.ts'
import { getRunOf, type RunRef } from './steps/runs.ts'

/**
 * History lines of `from` ≤ step < `before`, in order of step. Throws `owner_not_found`,
 * `not_found`, `request_invalid`.
 */
export async function listRunSteps(
  registry: Registry,
  actor: Actor,
  input: {
    readonly run: RunRef
    readonly from: number
    readonly before: number
    readonly limit: number
  },
): Promise<readonly RunLine[]> {
  const { from, before, limit } = input
  checkPageSize(limit, MAX_STEPS_PER_PAGE)
  return registry.metadata.read(async (tx) => {
    const { run } = await getRunOf(tx, actor, input.run, 'read')
    return tx.runLines.listBySteps({ runId: run.id, from, before, limit })
  })
}
