import type { Actor } from '../model/actor.ts'
import type { Owner, OwnerRef } from '../model/owner.ts'
import type { Registry } from '../registry.ts'
import { findOwner as findVisible } from './steps/owners.ts'

/** A project or registry that the actor may see, or undefined. */
export async function findOwner(
  registry: Registry,
  actor: Actor,
  input: { readonly owner: OwnerRef },
): Promise<Owner | undefined> {
  return registry.metadata.read((tx) => findVisible(tx, actor, input.owner, 'read'))
}
