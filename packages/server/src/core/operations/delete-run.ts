import type { Actor } from '../model/actor.ts'
import type { Registry } from '../registry.ts'
import { recordFact } from './steps/facts.ts'
import { lockRunOf, type RunRef } from './steps/runs.ts'

/**
 * Deletes a run. What it logged goes piece by piece with the garbage; versions that it made stay,
 * as made by nobody. Its name is free again.
 *
 * Throws `owner_not_found`, `not_found`, `forbidden`.
 */
export async function deleteRun(
  registry: Registry,
  actor: Actor,
  input: { readonly run: RunRef },
): Promise<void> {
  return registry.metadata.transaction(async (tx) => {
    const { owner, run } = await lockRunOf(tx, actor, input.run)
    await tx.runs.end(run.id, registry.now())
    await recordFact(registry, tx, actor, {
      kind: 'run.deleted',
      ownerId: owner.id,
      payload: { run: run.name },
    })
  })
}
