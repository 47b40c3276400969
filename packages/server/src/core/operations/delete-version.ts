import { RegistryError } from '../errors.ts'
import type { Actor } from '../model/actor.ts'
import type { Registry } from '../registry.ts'
import { isAllowed } from '../rules/access.ts'
import { checkReason } from './steps/change-alias.ts'
import { changePointers } from './steps/change-pointers.ts'
import { endVersions } from './steps/end-versions.ts'
import { checkUnused, type LockedPlace, lockPlaces } from './steps/remove-members.ts'

export interface DeleteVersionInput {
  readonly versionId: string
  /** Take its aliases away too; else one alias but `latest` refuses. */
  readonly dropAliases: boolean
  readonly reason?: string | null
}

/**
 * Deletes a version everywhere it is linked. Its numbers are never given again, its history stays,
 * and its blobs are left to garbage collection.
 *
 * Throws `version_not_found`, `forbidden`, `version_in_use` (naming the holders),
 * `alias_protected`.
 */
export async function deleteVersion(
  registry: Registry,
  actor: Actor,
  input: DeleteVersionInput,
): Promise<void> {
  const reason = checkReason(input.reason)
  return changePointers(registry, actor, async (tx) => {
    const places = await lockPlaces(tx, [input.versionId])
    const version = await tx.versions.findById(input.versionId)
    checkMayDelete(actor, places, version?.sourceCollectionId)
    if (version === undefined || version.state === 'deleted') return
    checkUnused(actor, places, input.dropAliases)
    const removal = { changeId: registry.newId(), reason }
    await endVersions(registry, tx, actor, [version], places, removal)
  })
}

function checkMayDelete(
  actor: Actor,
  places: readonly LockedPlace[],
  sourceId: string | undefined,
): void {
  if (
    !places.some((place) =>
      isAllowed(actor, 'read', place.owner, { collection: place.collection.name }),
    )
  )
    throw new RegistryError('version_not_found', 'There is no such version.')
  const source = places.find((place) => place.collection.id === sourceId)
  const within = { collection: source?.collection.name ?? '' }
  if (source === undefined || !isAllowed(actor, 'write', source.owner, within))
    throw new RegistryError(
      'forbidden',
      'A version is deleted where it was logged; you may only unlink it here.',
    )
}
