import type { Actor } from '../model/actor.ts'
import type { Registry } from '../registry.ts'
import { lockRunOf, type RunTarget } from './steps/runs.ts'

/**
 * Removes files that runs saved; those that are not there are removed already.
 *
 * Throws `not_found` (a run), `forbidden`.
 */
export async function removeRunFiles(
  registry: Registry,
  actor: Actor,
  input: {
    readonly files: readonly { readonly run: RunTarget; readonly names: readonly string[] }[]
  },
): Promise<void> {
  return registry.metadata.transaction(async (tx) => {
    for (const { run: target, names } of input.files) {
      const { run } = await lockRunOf(tx, actor, target)
      await tx.runFiles.remove(run.id, names)
    }
  })
}
