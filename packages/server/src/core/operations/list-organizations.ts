import type { Actor } from '../model/actor.ts'
import type { Organization } from '../model/owner.ts'
import type { Registry } from '../registry.ts'
import { mayKnowOrganization } from '../rules/access.ts'

/** The organizations that the actor belongs to; for administrators all. There are few. */
export async function listOrganizations(
  registry: Registry,
  actor: Actor,
): Promise<readonly Organization[]> {
  const all = await registry.metadata.read((tx) => tx.entities.listOrganizations())
  return all.filter(({ id }) => mayKnowOrganization(actor, id))
}
