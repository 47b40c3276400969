import { RegistryError } from '../errors.ts'
import type { Actor } from '../model/actor.ts'
import { describedEdition } from '../model/edition.ts'
import { checkProjectName } from '../model/names.ts'
import type { Owner, OwnerRef } from '../model/owner.ts'
import type { Registry } from '../registry.ts'
import { changePointers } from './steps/change-pointers.ts'
import { checkEdition } from './steps/editions.ts'
import { recordFact } from './steps/facts.ts'
import { declareTypes, getOwner, ownerNotFound } from './steps/owners.ts'
import { checkMayRename } from './steps/rename-rights.ts'
import { checkDescription } from './steps/version-attributes.ts'

/**
 * Renames a project or registry, describes it anew, says which artifact types it admits, or (as its
 * admin) who sees it. References by the old name stop working; its collections, numbers and history
 * stay.
 *
 * Throws `owner_not_found`, `forbidden`, `name_invalid`, `already_exists`, `too_large`,
 * `generation_mismatch`, `alias_protected` (a rename).
 */
export async function changeOwner(
  registry: Registry,
  actor: Actor,
  input: {
    readonly owner: OwnerRef
    readonly name?: string
    readonly description?: string | null
    readonly restricted?: boolean
    readonly allowsAllTypes?: boolean
    /** Artifact types to declare beside those that are. */
    readonly artifactTypes?: readonly string[]
    /** Of name and description, as `describedEdition` gives it. */
    readonly expectEdition?: string | null
  },
): Promise<Owner> {
  const description =
    input.description === undefined ? undefined : checkDescription(input.description)
  if (input.name !== undefined) checkProjectName(input.name)
  return changePointers(registry, actor, async (tx) => {
    const action = input.restricted === undefined ? 'write' : 'administer'
    const { id } = await getOwner(tx, actor, input.owner, action)
    const before = await tx.owners.lock(id)
    if (before === undefined) throw ownerNotFound(input.owner)
    checkEdition(input.expectEdition, describedEdition(before), {
      name: before.name,
      description: before.description,
    })
    const name = input.name ?? before.name
    if (name !== before.name)
      await checkMayRename({ registry, tx, actor, owner: before, collection: null, name })
    const taken = await tx.owners.find(before.kind, before.entityName, name)
    if (taken !== undefined && taken.id !== before.id)
      throw new RegistryError('already_exists', `There is a ${before.kind} "${name}" already.`, {
        name,
      })
    const owner: Owner = {
      ...before,
      name,
      description: description === undefined ? before.description : description,
      restricted: input.restricted ?? before.restricted,
      allowsAllTypes: input.allowsAllTypes ?? before.allowsAllTypes,
      artifactTypes: declareTypes(before.artifactTypes, input.artifactTypes ?? []),
      updatedAt: registry.now(),
    }
    await tx.owners.update(owner)
    await recordFact(registry, tx, actor, {
      kind: 'owner.changed',
      ownerId: owner.id,
      payload: {
        from: before.name,
        name,
        description: owner.description,
        restricted: owner.restricted,
        allowsAllTypes: owner.allowsAllTypes,
        artifactTypes: owner.artifactTypes,
      },
    })
    return owner
  })
}
