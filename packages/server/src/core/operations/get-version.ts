import type { Actor } from '../model/actor.ts'
import type { CollectionRef } from '../model/collection.ts'
import type { Selector } from '../model/ref.ts'
import type { Registry } from '../registry.ts'
import { resolveIn } from './resolve.ts'
import { getCollectionOf } from './steps/collections.ts'
import { type Member, membersOf } from './steps/members.ts'

/** A version with the aliases that it bears in this collection. Throws what `resolve` throws. */
export async function getVersion(
  registry: Registry,
  actor: Actor,
  input: { readonly collection: CollectionRef; readonly selector: Selector },
): Promise<Member> {
  return registry.metadata.read(async (tx) => {
    const { owner, collection } = await getCollectionOf(tx, actor, input.collection, 'read')
    const placed = await resolveIn(tx, owner, collection, { selector: input.selector })
    const [member] = await membersOf(tx, owner, collection, [placed.membership])
    return member ?? { owner, ...placed, aliases: [] }
  })
}
