import { RegistryError } from '../errors.ts'
import type { Actor } from '../model/actor.ts'
import type { Registry } from '../registry.ts'
import { recordFact } from './steps/facts.ts'
import { concerning, getTeam, teamNotFound } from './steps/places.ts'

/**
 * Ends a team that owns nothing any more. Its name stays taken: history names it.
 *
 * Throws `not_found`, `forbidden`, `request_invalid` (it has projects or service accounts still).
 */
export async function removeTeam(
  registry: Registry,
  actor: Actor,
  input: { readonly name: string },
): Promise<void> {
  return registry.metadata.transaction(async (tx) => {
    const { team, organization } = await getTeam(tx, actor, input.name, 'administer')
    // From here on nobody makes anything in it, nor removes it once more.
    if (!(await tx.entities.lock(team.id))) throw teamNotFound(input.name)
    const one = { after: 0, limit: 1 }
    const projects = await tx.owners.list({ kind: 'project', entityId: team.id, ...one })
    const accounts = await tx.users.list({ kind: 'service_account', home: team.id, ...one })
    if (projects.length > 0 || accounts.length > 0)
      throw new RegistryError(
        'request_invalid',
        `The team "${team.name}" has projects or service accounts. Delete these first.`,
      )
    await tx.entities.end(team.id, registry.now())
    await tx.members.removeAllOf({ kind: 'entity', id: team.id })
    await tx.members.removePrincipal(team.id)
    await tx.grants.removePrincipal(team.id)
    await recordFact(registry, tx, actor, {
      kind: 'team.removed',
      payload: { team: team.name, ...concerning(team.id, organization) },
    })
  })
}
