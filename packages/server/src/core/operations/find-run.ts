import { isRegistryError } from '../errors.ts'
import type { Actor, User } from '../model/actor.ts'
import type { Registry } from '../registry.ts'
import { viewRuns } from './steps/run-views.ts'
import { getRunOf, type OwnedRun, type RunRef } from './steps/runs.ts'

export type { OwnedRun, RunRef } from './steps/runs.ts'

export interface RunView extends OwnedRun {
  readonly user: User | undefined
  readonly historyLines: number
  readonly eventsLines: number
  readonly outputLines: number
}

/** A run that the actor may see, or undefined. */
export async function findRun(
  registry: Registry,
  actor: Actor,
  input: { readonly run: RunRef },
): Promise<RunView | undefined> {
  return registry.metadata.read(async (tx) => {
    try {
      const { run } = await getRunOf(tx, actor, input.run, 'read')
      return (await viewRuns(registry, tx, [run]))[0]
    } catch (error) {
      if (isRegistryError(error, 'not_found') || isRegistryError(error, 'owner_not_found'))
        return undefined
      throw error
    }
  })
}
