import { RegistryError } from '../errors.ts'
import type { Actor } from '../model/actor.ts'
import type { Registry } from '../registry.ts'
import { isAllowed } from '../rules/access.ts'
import { recordFact } from './steps/facts.ts'
import { findOwner } from './steps/owners.ts'
import type { RunRef } from './steps/runs.ts'

/**
 * Records that a run consumed a version. Idempotent; a run that is not there is no error, since a
 * client may use a version before its run has reached us.
 *
 * Throws `version_not_found`.
 */
export function useVersion(
  registry: Registry,
  actor: Actor,
  input: { readonly run: RunRef; readonly versionId: string; readonly usedAs: string | null },
): Promise<void> {
  return registry.metadata.transaction(async (tx) => {
    const version = await tx.versions.findById(input.versionId)
    const places = version === undefined ? [] : await tx.memberships.listByVersions([version.id])
    const collections = await tx.collections.findMany(places.map((place) => place.collectionId))
    const owners = await tx.owners.findMany(collections.map((collection) => collection.ownerId))
    if (!owners.some((owner) => isAllowed(actor, 'read', owner)))
      throw new RegistryError('version_not_found', 'There is no such version.')
    const owner = await findOwner(tx, actor, input.run.owner, 'write')
    const run = owner === undefined ? undefined : await tx.runs.find(owner.id, input.run.name)
    if (run === undefined) return
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
