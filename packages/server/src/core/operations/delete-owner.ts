import { RegistryError } from '../errors.ts'
import { MAX_ITEMS_PER_PAGE, MAX_VERSIONS_PER_DELETE } from '../limits.ts'
import type { Actor } from '../model/actor.ts'
import type { OwnerRef } from '../model/owner.ts'
import type { Registry } from '../registry.ts'
import { checkReason } from './steps/change-alias.ts'
import { changePointers } from './steps/change-pointers.ts'
import { endCollection } from './steps/end-collection.ts'
import { recordFact } from './steps/facts.ts'
import { getOwner, ownerNotFound } from './steps/owners.ts'

/**
 * Deletes a project or registry with all its collections. Its name may be taken again by another,
 * which begins anew.
 *
 * Throws `owner_not_found`, `forbidden`, `version_in_use`, `alias_protected`, `too_large`.
 */
export async function deleteOwner(
  registry: Registry,
  actor: Actor,
  input: {
    readonly owner: OwnerRef
    readonly dropAliases: boolean
    readonly reason?: string | null
  },
): Promise<void> {
  const reason = checkReason(input.reason)
  return changePointers(registry, actor, async (tx) => {
    const { id } = await getOwner(tx, actor, input.owner, 'administer')
    // First: from here on nobody makes another collection in it, nor ends it once more.
    const owner = await tx.owners.lock(id)
    if (owner === undefined) throw ownerNotFound(input.owner)
    await tx.owners.end(owner, registry.now())
    const collections = await tx.collections.list({
      ownerId: owner.id,
      artifactType: null,
      after: '',
      limit: MAX_ITEMS_PER_PAGE,
    })
    if (collections.length === MAX_ITEMS_PER_PAGE)
      throw new RegistryError(
        'too_large',
        `It holds ${MAX_ITEMS_PER_PAGE} collections or more. Delete some first.`,
      )
    const change = { changeId: registry.newId(), reason, dropAliases: input.dropAliases }
    let versions = 0
    for (const { id } of collections.toSorted((a, b) => (a.id < b.id ? -1 : 1))) {
      const collection = await tx.collections.lock(id)
      if (collection === undefined) continue
      versions += await endCollection(registry, tx, actor, { owner, collection }, change)
      if (versions > MAX_VERSIONS_PER_DELETE)
        throw new RegistryError(
          'too_large',
          `It holds more than ${MAX_VERSIONS_PER_DELETE} versions, more than one call deletes. ` +
            'Delete collections first.',
        )
    }
    await tx.runs.endAllOf(owner.id, registry.now())
    await tx.members.removeAllOf({ kind: 'owner', id: owner.id })
    await tx.grants.removeAllOf(owner.id)
    await recordFact(registry, tx, actor, {
      kind: 'owner.deleted',
      ownerId: owner.id,
      payload: { kind: owner.kind, entity: owner.entityName, name: owner.name },
    })
  })
}
