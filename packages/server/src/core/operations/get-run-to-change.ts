import type { Actor } from '../model/actor.ts'
import type { Registry } from '../registry.ts'
import { getRunOf, type OwnedRun, type RunRef } from './steps/runs.ts'

/**
 * A run that the actor may change: whom links to send its files are given. Throws
 * `owner_not_found`, `not_found`, `forbidden`.
 */
export function getRunToChange(
  registry: Registry,
  actor: Actor,
  input: { readonly run: RunRef },
): Promise<OwnedRun> {
  return registry.metadata.read((tx) => getRunOf(tx, actor, input.run, 'write'))
}
