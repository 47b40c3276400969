import type { Actor } from '../model/actor.ts'
import type { Collection } from '../model/collection.ts'
import { METADATA_PREFIX } from '../model/field.ts'
import type { OwnerRef } from '../model/owner.ts'
import type { Registry } from '../registry.ts'
import { getOwner } from './steps/owners.ts'

/** The newest version of a collection. */
export interface Newest {
  readonly index: number
  /** Bytes. */
  readonly size: number
  /** Of the first of the collection's measures; null: it has none, or no measure is named. */
  readonly value: number | null
}

/**
 * The newest version of each of these collections of an owner that has one, by collection id.
 * Throws `owner_not_found`.
 */
export async function listNewest(
  registry: Registry,
  actor: Actor,
  input: {
    readonly owner: OwnerRef
    readonly collections: readonly Pick<Collection, 'id' | 'measures'>[]
  },
): Promise<ReadonlyMap<string, Newest>> {
  const paths = new Map(
    input.collections.flatMap(({ id, measures: [key] }) =>
      key === undefined ? [] : [[id, `${METADATA_PREFIX}${key.path}`] as const],
    ),
  )
  return registry.metadata.read(async (tx) => {
    await getOwner(tx, actor, input.owner, 'read')
    const newest = await tx.memberships.listNewest(input.collections.map(({ id }) => id))
    const measured = newest.filter(({ collectionId }) => paths.has(collectionId))
    const numbers =
      measured.length === 0
        ? []
        : await tx.fields.listNumbers(measured, [...new Set(paths.values())])
    const values = new Map(
      numbers
        .filter(({ collectionId, path }) => path === paths.get(collectionId))
        .map(({ collectionId, number }) => [collectionId, number]),
    )
    return new Map(
      newest.map(({ collectionId, index, size }) => [
        collectionId,
        { index, size, value: values.get(collectionId) ?? null },
      ]),
    )
  })
}
