import type { Actor } from '../model/actor.ts'
import type { LineageDirection } from '../model/run.ts'
import type { Registry } from '../registry.ts'
import { getRunOf, type RunRef } from './steps/runs.ts'

/**
 * Ids of the versions that a run made (`output`) or used (`input`), oldest first; whether the actor
 * may see one is decided when it is read. Throws `owner_not_found`, `not_found`.
 */
export async function listVersionsOfRun(
  registry: Registry,
  actor: Actor,
  input: { readonly run: RunRef; readonly direction: LineageDirection },
): Promise<readonly string[]> {
  return registry.metadata.read(async (tx) => {
    const { run } = await getRunOf(tx, actor, input.run, 'read')
    return tx.lineage.versionsOf(run.id, input.direction)
  })
}
