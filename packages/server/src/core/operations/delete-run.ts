import { isRegistryError } from '../errors.ts'
import { MAX_ITEMS_PER_PAGE } from '../limits.ts'
import type { Actor } from '../model/actor.ts'
import type { VersionOfRun } from '../model/run.ts'
import type { Registry } from '../registry.ts'
import { deleteVersion } from './delete-version.ts'
import { recordFact } from './steps/facts.ts'
import { lockRunOf, type RunTarget } from './steps/runs.ts'

/** Versions that are looked up at a time. */
const STEP = MAX_ITEMS_PER_PAGE

/**
 * Deletes a run. What it logged goes piece by piece with the garbage; versions that it made stay,
 * as made by nobody, unless they shall go too: then they go before it, one after the other, with
 * their aliases. The run's name is free again.
 *
 * Throws `owner_not_found`, `not_found`, `forbidden`, and with versions what `deleteVersion`
 * throws.
 */
export async function deleteRun(
  registry: Registry,
  actor: Actor,
  input: { readonly run: RunTarget; readonly withVersions: boolean },
): Promise<void> {
  if (input.withVersions) await deleteVersionsOf(registry, actor, input.run)
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

async function deleteVersionsOf(
  registry: Registry,
  actor: Actor,
  target: RunTarget,
): Promise<void> {
  let after: VersionOfRun | null | undefined = null
  while (after !== undefined) {
    const from: VersionOfRun | null = after
    const { made, last } = await registry.metadata.transaction(async (tx) => {
      const { run } = await lockRunOf(tx, actor, target)
      const page = { runId: run.id, direction: 'output', after: from, limit: STEP } as const
      const outputs = await tx.lineage.versionsOf(page)
      const versions = await tx.versions.findMany(outputs.map(({ versionId }) => versionId))
      // Not what was there already when this run logged the same: another may live by that.
      const made = versions.filter(({ runId }) => runId === run.id).map(({ id }) => id)
      return { made, last: outputs.length < STEP ? undefined : outputs.at(-1) }
    })
    for (const versionId of made) await deleteIfThere(registry, actor, versionId)
    after = last
  }
}

async function deleteIfThere(registry: Registry, actor: Actor, versionId: string): Promise<void> {
  try {
    await deleteVersion(registry, actor, { versionId, dropAliases: true })
  } catch (error) {
    // Gone already, by another's hand or an earlier asking.
    if (!isRegistryError(error, 'version_deleted') && !isRegistryError(error, 'version_not_found'))
      throw error
  }
}
