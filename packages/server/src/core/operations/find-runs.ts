import type { Actor } from '../model/actor.ts'
import type { Registry } from '../registry.ts'
import { isAllowed } from '../rules/access.ts'
import type { RunView } from './find-run.ts'
import { viewRuns } from './steps/run-views.ts'

/** Runs by id. What is not there or not the actor's to see is left out. */
export async function findRuns(
  registry: Registry,
  actor: Actor,
  input: { readonly ids: readonly number[] },
): Promise<ReadonlyMap<number, RunView>> {
  return registry.metadata.read(async (tx) => {
    const views = await viewRuns(registry, tx, await tx.runs.findMany(input.ids))
    const visible = views.filter((view) => isAllowed(actor, 'read', view.owner))
    return new Map(visible.map((view) => [view.run.id, view]))
  })
}
