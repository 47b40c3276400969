import type { Actor } from '../model/actor.ts'
import type { CollectionRef } from '../model/collection.ts'
import type { Selector } from '../model/ref.ts'
import type { Registry } from '../registry.ts'
import { resolveIn } from './resolve.ts'
import { getCollectionOf } from './steps/collections.ts'
import { type Member, membersOf } from './steps/members.ts'

export type { Member } from './steps/members.ts'

/**
 * A version in its place, also while it is quarantined: for who deletes it, unlinks it or lets it
 * go. Throws what `resolve` throws but `version_quarantined`.
 */
export async function getMember(
  registry: Registry,
  actor: Actor,
  input: { readonly collection: CollectionRef; readonly selector: Selector },
): Promise<Member> {
  return registry.metadata.read(async (tx) => {
    const { owner, collection } = await getCollectionOf(tx, actor, input.collection, 'read')
    const { selector } = input
    const placed = await resolveIn(tx, owner, collection, { selector, evenQuarantined: true })
    const [member] = await membersOf(tx, owner, collection, [placed.membership])
    return member ?? { owner, ...placed, aliases: [] }
  })
}
