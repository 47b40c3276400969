import type { Actor } from '../model/actor.ts'
import type { Owner, OwnerRef } from '../model/owner.ts'
import type { Registry } from '../registry.ts'
import { getOwner } from './steps/owners.ts'

/**
 * The artifact types that an owner's collections have or that it declares, in order of name. Throws
 * `owner_not_found`.
 */
export async function listArtifactTypes(
  registry: Registry,
  actor: Actor,
  input: { readonly owner: OwnerRef },
): Promise<{ readonly owner: Owner; readonly types: readonly string[] }> {
  return registry.metadata.read(async (tx) => {
    const owner = await getOwner(tx, actor, input.owner, 'read')
    const used = await tx.collections.artifactTypes(owner.id)
    return { owner, types: [...new Set([...used, ...owner.artifactTypes])].sort() }
  })
}
