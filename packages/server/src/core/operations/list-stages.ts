import type { Actor } from '../model/actor.ts'
import type { Owner, OwnerRef } from '../model/owner.ts'
import type { Stage } from '../model/stage.ts'
import type { Registry } from '../registry.ts'
import { getOwner } from './steps/owners.ts'

/** An owner's declared stages, in order. Throws `owner_not_found`. */
export async function listStages(
  registry: Registry,
  actor: Actor,
  input: { readonly owner: OwnerRef },
): Promise<{ readonly owner: Owner; readonly stages: readonly Stage[] }> {
  return registry.metadata.read(async (tx) => {
    const owner = await getOwner(tx, actor, input.owner, 'read')
    return { owner, stages: await tx.owners.stages(owner.id) }
  })
}
