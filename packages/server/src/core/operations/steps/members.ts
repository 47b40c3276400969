import type { Collection, Membership } from '../../model/collection.ts'
import type { Owner } from '../../model/owner.ts'
import type { Version } from '../../model/version.ts'
import type { ReadTx } from '../../registry.ts'

/** A version in its place with the aliases that it bears there. */
export interface Member {
  readonly owner: Owner
  readonly collection: Collection
  readonly membership: Membership
  readonly version: Version
  /** In order of name. */
  readonly aliases: readonly string[]
}

/** Completes memberships of one collection; two statements however many there are. */
export async function membersOf(
  tx: ReadTx,
  owner: Owner,
  collection: Collection,
  memberships: readonly Membership[],
): Promise<readonly Member[]> {
  const versions = await tx.versions.findMany(memberships.map((member) => member.versionId))
  const byId = new Map(versions.map((version) => [version.id, version]))
  const borne = await tx.aliases.listBorne(memberships)
  const aliases = Map.groupBy(borne, (bearing) => bearing.index)
  return memberships.flatMap((membership) => {
    const version = byId.get(membership.versionId)
    if (version === undefined) return []
    const names = (aliases.get(membership.index) ?? []).map((bearing) => bearing.alias)
    return [{ owner, collection, membership, version, aliases: names }]
  })
}
