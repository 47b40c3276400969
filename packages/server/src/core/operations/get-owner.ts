import type { Actor } from '../model/actor.ts'
import type { Owner, OwnerRef } from '../model/owner.ts'
import type { Registry } from '../registry.ts'
import { getOwner as getVisible } from './steps/owners.ts'

/** A project or registry that the actor may see. Throws `owner_not_found`. */
export async function getOwner(
  registry: Registry,
  actor: Actor,
  input: { readonly owner: OwnerRef },
): Promise<Owner> {
  return registry.metadata.read((tx) => getVisible(tx, actor, input.owner, 'read'))
}
