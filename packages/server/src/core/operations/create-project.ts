import type { Actor } from '../model/actor.ts'
import type { Owner } from '../model/owner.ts'
import type { Registry } from '../registry.ts'
import { ensureProject } from './steps/owners.ts'

/**
 * A project of this name; one that is there already is the answer. Throws `owner_not_found`,
 * `name_invalid`.
 */
export async function createProject(
  registry: Registry,
  actor: Actor,
  input: { readonly entityName: string; readonly name: string },
): Promise<Owner> {
  return registry.metadata.transaction((tx) =>
    ensureProject(registry, tx, actor, { kind: 'project', ...input }),
  )
}
