import type { Actor } from '../model/actor.ts'
import type { Registry } from '../registry.ts'
import type { TeamView } from './list-teams.ts'
import { getTeam as getVisible } from './steps/places.ts'

/** A team, for its members and for admins of its organization. Throws `not_found`. */
export async function getTeam(
  registry: Registry,
  actor: Actor,
  input: { readonly name: string },
): Promise<TeamView> {
  return registry.metadata.read((tx) => getVisible(tx, actor, input.name, 'read'))
}
