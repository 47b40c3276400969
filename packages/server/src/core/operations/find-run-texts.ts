import type { Actor } from '../model/actor.ts'
import type { RunTexts } from '../model/run.ts'
import type { Registry } from '../registry.ts'
import { isAllowed } from '../rules/access.ts'

/** Config and summary of runs, by id. What is not there or not the actor's to see is left out. */
export async function findRunTexts(
  registry: Registry,
  actor: Actor,
  input: { readonly ids: readonly number[] },
): Promise<ReadonlyMap<number, RunTexts>> {
  return registry.metadata.read(async (tx) => {
    const runs = await tx.runs.findMany(input.ids)
    const owners = await tx.owners.findMany([...new Set(runs.map((run) => run.ownerId))])
    const visible = owners.filter((owner) => isAllowed(actor, 'read', owner))
    const ids = new Set(visible.map(({ id }) => id))
    return tx.runs.texts(runs.filter((run) => ids.has(run.ownerId)).map(({ id }) => id))
  })
}
