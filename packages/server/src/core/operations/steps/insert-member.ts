import type { Actor } from '../../model/actor.ts'
import type { Collection, Membership } from '../../model/collection.ts'
import { fieldsOf } from '../../model/field.ts'
import type { Micros } from '../../model/time.ts'
import type { Version } from '../../model/version.ts'
import type { Tx } from '../../registry.ts'

/** Gives a version the next number of a locked collection, and makes it findable there. */
export async function insertMember(
  tx: Tx,
  actor: Actor,
  collection: Collection,
  version: Version,
  time: Micros,
): Promise<{ readonly collection: Collection; readonly membership: Membership }> {
  const index = collection.nextIndex
  const membership: Membership = {
    collectionId: collection.id,
    index,
    versionId: version.id,
    createdBy: actor.userId,
    createdAt: time,
    deletedAt: null,
    deletedBy: null,
  }
  await tx.memberships.insert(membership)
  await tx.fields.replace(collection.id, index, fieldsOf(version, time))
  const counted = { ...collection, nextIndex: index + 1, updatedAt: time }
  await tx.collections.update(counted)
  return { collection: counted, membership }
}
