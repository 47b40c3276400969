import type { Actor } from '../model/actor.ts'
import type { Standing } from '../model/alias.ts'
import type { OwnerRef } from '../model/owner.ts'
import type { Registry } from '../registry.ts'
import { getOwner } from './steps/owners.ts'

/** What every version follows, whatever the owner's stages. */
const LATEST = 'latest'

/**
 * Who bears each declared stage (and `latest`) in these collections of an owner, and who moved it
 * there, by collection id and in the order of the stages. What was never set is left out. Throws
 * `owner_not_found`.
 */
export async function listStandings(
  registry: Registry,
  actor: Actor,
  input: { readonly owner: OwnerRef; readonly collectionIds: readonly string[] },
): Promise<ReadonlyMap<string, readonly Standing[]>> {
  return registry.metadata.read(async (tx) => {
    const owner = await getOwner(tx, actor, input.owner, 'read')
    const stages = await tx.owners.stages(owner.id)
    const names = [...stages.map(({ name }) => name), LATEST]
    const standings = await tx.aliases.listStandings(input.collectionIds, names)
    const inOrder = standings.toSorted((a, b) => names.indexOf(a.name) - names.indexOf(b.name))
    return Map.groupBy(inOrder, ({ collectionId }) => collectionId)
  })
}
