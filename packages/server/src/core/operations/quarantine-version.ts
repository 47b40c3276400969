import { RegistryError } from '../errors.ts'
import type { Actor } from '../model/actor.ts'
import type { Version } from '../model/version.ts'
import type { Registry } from '../registry.ts'
import { checkAdministrator } from './steps/accounts.ts'
import { recordFact } from './steps/facts.ts'

/**
 * Blocks a version everywhere, or (with a reason of null) lets it go again: resolve and downloads
 * refuse it while it is blocked; its aliases stay where they are.
 *
 * Throws `forbidden`, `version_not_found`, `version_deleted`.
 */
export async function quarantineVersion(
  registry: Registry,
  actor: Actor,
  input: { readonly versionId: string; readonly reason: string | null },
): Promise<Version> {
  checkAdministrator(actor)
  return registry.metadata.transaction(async (tx) => {
    const found = await tx.versions.findById(input.versionId)
    if (found === undefined)
      throw new RegistryError('version_not_found', 'There is no such version.')
    const collection = await tx.collections.lock(found.sourceCollectionId)
    const version = (await tx.versions.findById(input.versionId)) ?? found
    if (version.state === 'deleted')
      throw new RegistryError('version_deleted', 'This version was deleted.')
    const state = input.reason === null ? 'committed' : 'quarantined'
    if (version.state === state && version.stateReason === input.reason) return version
    const changed: Version = {
      ...version,
      state,
      stateReason: input.reason,
      revision: version.revision + 1,
      updatedAt: registry.now(),
    }
    await tx.versions.update(changed)
    await recordFact(registry, tx, actor, {
      kind: 'version.quarantined',
      ownerId: collection?.ownerId ?? null,
      collectionId: version.sourceCollectionId,
      payload: { version: version.id, index: version.sourceIndex, reason: input.reason },
    })
    return changed
  })
}
