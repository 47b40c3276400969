import { isRegistryError } from '../errors.ts'
import type { Actor } from '../model/actor.ts'
import type { Collection, Membership } from '../model/collection.ts'
import type { Owner } from '../model/owner.ts'
import type { Draft, Version } from '../model/version.ts'
import type { AliasBearing, Registry } from '../registry.ts'
import { isAllowed } from '../rules/access.ts'
import { getOwnedDraft } from './steps/drafts.ts'

/** All that is known of a version, wherever the actor may see it. */
export interface ArtifactView {
  readonly kind: 'version'
  readonly version: Version
  /** Its source collection, or null where the actor may not see that owner. */
  readonly source: { readonly owner: Owner; readonly collection: Collection } | null
  /** Live places that the actor may see, the source included. */
  readonly places: readonly {
    readonly owner: Owner
    readonly collection: Collection
    readonly membership: Membership
    readonly aliases: readonly string[]
  }[]
}

export interface DraftArtifactView {
  readonly kind: 'draft'
  readonly draft: Draft
  readonly owner: Owner
}

/**
 * Versions by id, as one may see them; an id of an open draft of the actor's gives the draft, one
 * of an absorbed draft the version that absorbed it. Ids that mean nothing to the actor are left
 * out: not there and not allowed look the same.
 */
export async function findArtifacts(
  registry: Registry,
  actor: Actor,
  input: { readonly ids: readonly string[] },
): Promise<ReadonlyMap<string, ArtifactView | DraftArtifactView>> {
  return registry.metadata.read(async (tx) => {
    const views = new Map<string, ArtifactView | DraftArtifactView>()
    const wanted = new Map<string, string>()
    const known = await tx.versions.findMany(input.ids)
    for (const version of known) wanted.set(version.id, version.id)
    for (const id of input.ids) {
      if (wanted.has(id)) continue
      const found = await getOwnedDraft(tx, actor, id).catch((error: unknown) => {
        if (isRegistryError(error, 'draft_not_found')) return undefined
        throw error
      })
      if (found === undefined) continue
      if (found.draft.versionId === null) views.set(id, { kind: 'draft', ...found })
      else wanted.set(id, found.draft.versionId)
    }
    const absorbing = [...wanted.values()].filter((id) => !wanted.has(id))
    const versions = [...known, ...(await tx.versions.findMany(absorbing))]
    const memberships = await tx.memberships.listByVersions(versions.map(({ id }) => id))
    const collections = new Map(
      (
        await tx.collections.findMany([
          ...new Set([
            ...memberships.map((member) => member.collectionId),
            ...versions.map((version) => version.sourceCollectionId),
          ]),
        ])
      ).map((collection) => [collection.id, collection]),
    )
    const owners = new Map(
      (
        await tx.owners.findMany([
          ...new Set([...collections.values()].map((collection) => collection.ownerId)),
        ])
      ).map((owner) => [owner.id, owner]),
    )
    const borne = await tx.aliases.listBorne(memberships)
    const byVersion = new Map(
      versions.flatMap((version) => {
        const view = viewOf(actor, version, memberships, collections, owners, borne)
        return view === undefined ? [] : [[version.id, view] as const]
      }),
    )
    for (const [id, versionId] of wanted) {
      const view = byVersion.get(versionId)
      if (view !== undefined) views.set(id, view)
    }
    return views
  })
}

function viewOf(
  actor: Actor,
  version: Version,
  memberships: readonly Membership[],
  collections: ReadonlyMap<string, Collection>,
  owners: ReadonlyMap<number, Owner>,
  borne: readonly AliasBearing[],
): ArtifactView | undefined {
  const visible = (collectionId: string) => {
    const collection = collections.get(collectionId)
    const owner = collection === undefined ? undefined : owners.get(collection.ownerId)
    if (collection === undefined || owner === undefined) return undefined
    const within = { collection: collection.name }
    return isAllowed(actor, 'read', owner, within) ? { owner, collection } : undefined
  }
  const places = memberships
    .filter((membership) => membership.versionId === version.id)
    .flatMap((membership) => {
      const place = visible(membership.collectionId)
      if (place === undefined) return []
      const aliases = borne
        .filter(
          (bearing) =>
            bearing.collectionId === membership.collectionId && bearing.index === membership.index,
        )
        .map((bearing) => bearing.alias)
      return [{ ...place, membership, aliases }]
    })
  const source = visible(version.sourceCollectionId) ?? null
  if (source === null && places.length === 0) return undefined
  return { kind: 'version', version, source, places }
}
