import type { Actor } from '../model/actor.ts'
import type { Registry } from '../registry.ts'
import { lockRunOf, type RunTarget } from './steps/runs.ts'

/**
 * Asks a run to stop: its program hears of it with its next sign of life. One that has ended stays
 * as it is.
 *
 * Throws `owner_not_found`, `not_found`, `forbidden`.
 */
export async function stopRun(
  registry: Registry,
  actor: Actor,
  input: { readonly run: RunTarget },
): Promise<void> {
  return registry.metadata.transaction(async (tx) => {
    const { run } = await lockRunOf(tx, actor, input.run)
    if (run.state === 'running' || run.state === 'pending' || run.state === 'preempting')
      await tx.runs.update({ ...run, state: 'killed' })
  })
}
