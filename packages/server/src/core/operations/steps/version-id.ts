import type { Actor } from '../../model/actor.ts'
import type { CollectionRef } from '../../model/collection.ts'
import type { Selector } from '../../model/ref.ts'
import type { ReadTx } from '../../registry.ts'
import { resolveIn } from '../resolve.ts'
import { getCollectionOf } from './collections.ts'

/** A version by any of its places. */
export interface PlaceRef {
  readonly collection: CollectionRef
  readonly selector: Selector
}

/** The id of a version that is named by it or by a place. Throws what `resolve` throws. */
export async function versionIdOf(
  tx: ReadTx,
  actor: Actor,
  version: string | PlaceRef,
): Promise<string> {
  if (typeof version === 'string') return version
  const { owner, collection } = await getCollectionOf(tx, actor, version.collection, 'read')
  const { selector } = version
  return (await resolveIn(tx, owner, collection, { selector })).version.id
}
