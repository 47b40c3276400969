import type { Actor } from '../model/actor.ts'
import type { Registry } from '../registry.ts'
import { recordFact } from './steps/facts.ts'
import { findOwner } from './steps/owners.ts'
import type { RunRef } from './steps/runs.ts'
import { checkVisible } from './steps/visible-version.ts'

/**
 * Records that a run consumed a version. Idempotent; a run that is not there is no error, since a
 * client may use a version before its run has reached us.
 *
 * Throws `version_not_found`.
 */
export async function useVersion(
  registry: Registry,
  actor: Actor,
  input: { readonly run: RunRef; readonly versionId: string; readonly usedAs: string | null },
): Promise<void> {
  return registry.metadata.transaction(async (tx) => {
    await checkVisible(tx, actor, input.versionId)
    const owner = await findOwner(tx, actor, input.run.owner, 'write')
    const run = owner === undefined ? undefined : await tx.runs.find(owner.id, input.run.name)
    if (run === undefined) return
    if ((await tx.lineage.versionsOf(run.id, 'input')).includes(input.versionId)) return
    await tx.lineage.record({
      runId: run.id,
      versionId: input.versionId,
      direction: 'input',
      usedAs: input.usedAs,
      time: registry.now(),
    })
    await recordFact(registry, tx, actor, {
      kind: 'version.used',
      ownerId: run.ownerId,
      payload: { run: run.name, version: input.versionId },
    })
  })
}
