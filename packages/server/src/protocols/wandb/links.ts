import { RegistryError } from '../../core/errors.ts'
import { changeCollection } from '../../core/operations/change-collection.ts'
import { deleteCollection } from '../../core/operations/delete-collection.ts'
import { deleteVersion } from '../../core/operations/delete-version.ts'
import { findDraft } from '../../core/operations/find-draft.ts'
import { linkVersion } from '../../core/operations/link-version.ts'
import { unlinkVersion } from '../../core/operations/unlink-version.ts'
import { ownerNamed } from './accounts.ts'
import { type Call, ownerRefOf } from './call.ts'
import { getVersionView } from './changes.ts'
import {
  type CollectionSource,
  collectionById,
  collectionSource,
  findMember,
  tagNode,
} from './collections.ts'
import { nodeId } from './node-ids.ts'

export interface LinkArtifactInput {
  readonly artifactID?: string
  readonly clientID?: string
  readonly artifactPortfolioName?: string
  readonly entityName?: string
  readonly projectName?: string
  readonly aliases?: readonly { readonly alias: string }[]
}

/** Links a version into a registry's collection, or into one of a project. */
export async function linkArtifact(call: Call, input: LinkArtifactInput) {
  const { artifactPortfolioName: name, projectName } = input
  if (name === undefined || projectName === undefined)
    throw new RegistryError('request_invalid', 'Name the collection to link into, and its project.')
  const { version } = await getVersionView(call, await idOf(call, input))
  const { owner, membership } = await linkVersion(call.app.registry, call.actor, {
    versionId: version.id,
    target: { owner: await ownerNamed(call, input.entityName, projectName), name },
    aliases: (input.aliases ?? []).map(({ alias }) => alias),
  })
  call.artifacts.forget()
  const artifactMembership = await findMember(call, owner, name, `v${membership.index}`)
  return { versionIndex: membership.index, artifactMembership }
}

/** A client that has not learned the artifact's id yet names its own key for it. */
async function idOf(call: Call, { artifactID, clientID }: LinkArtifactInput): Promise<string> {
  if (artifactID !== undefined) return artifactID
  const clientKey = clientID ?? ''
  const draft = await findDraft(call.app.registry, call.actor, { clientKey })
  if (draft === undefined)
    throw new RegistryError('version_not_found', 'There is no artifact of this client id.')
  return nodeId('Artifact', draft.versionId ?? draft.id)
}

export interface UnlinkArtifactInput {
  readonly artifactID: string
  readonly artifactPortfolioID: string
}

export async function unlinkArtifact(call: Call, input: UnlinkArtifactInput) {
  const { places } = await getVersionView(call, input.artifactID)
  const portfolio = await collectionById(call, input.artifactPortfolioID)
  const place = places.find(({ collection }) => collection.id === portfolio?.collection?.id)
  if (place === undefined)
    throw new RegistryError('version_not_found', 'The artifact is not linked in this collection.')
  await unlinkVersion(call.app.registry, call.actor, {
    collection: { owner: place.owner, name: place.collection.name },
    index: place.membership.index,
  })
  return { success: true }
}

export interface DeleteArtifactInput {
  readonly artifactID: string
  readonly deleteAliases?: boolean
}

export async function deleteArtifact(call: Call, input: DeleteArtifactInput) {
  const artifact = await getVersionView(call, input.artifactID)
  await deleteVersion(call.app.registry, call.actor, {
    versionId: artifact.version.id,
    dropAliases: input.deleteAliases ?? false,
  })
  return { artifact }
}

async function getCollectionById(call: Call, id: string) {
  const source = await collectionById(call, id)
  if (source === null || source.owner === null)
    throw new RegistryError('collection_not_found', 'There is no such collection.')
  return { ...source, ref: { owner: source.owner, name: source.name } }
}

export interface UpdateCollectionInput {
  readonly artifactSequenceID?: string
  readonly artifactPortfolioID?: string
  readonly name?: string
  readonly description?: string
}

/** Renames a collection, or describes it anew; one mutation for each of the client's two kinds. */
export async function updateCollection(
  call: Call,
  input: UpdateCollectionInput,
): Promise<{ readonly artifactCollection: CollectionSource }> {
  const id = input.artifactSequenceID ?? input.artifactPortfolioID ?? ''
  const { ref } = await getCollectionById(call, id)
  const { owner, collection } = await changeCollection(call.app.registry, call.actor, {
    collection: ref,
    ...(input.name === undefined ? {} : { name: input.name }),
    ...(input.description === undefined ? {} : { description: input.description }),
  })
  return { artifactCollection: collectionSource(owner, collection) }
}

export interface MoveSequenceInput {
  readonly artifactSequenceID: string
  readonly destinationArtifactTypeName: string
}

/** Moves a collection of committed versions to another artifact type. */
export async function moveSequence(call: Call, input: MoveSequenceInput) {
  const { ref } = await getCollectionById(call, input.artifactSequenceID)
  const { owner, collection } = await changeCollection(call.app.registry, call.actor, {
    collection: ref,
    artifactType: input.destinationArtifactTypeName,
  })
  return { artifactCollection: collectionSource(owner, collection) }
}

export interface CollectionTagsInput {
  readonly entityName: string
  readonly projectName: string
  readonly artifactCollectionName: string
  readonly tags: readonly { readonly tagName: string }[]
}

export async function tagCollection(
  call: Call,
  input: CollectionTagsInput,
  change: 'add' | 'delete',
) {
  const names = input.tags.map(({ tagName }) => tagName)
  const { collection } = await changeCollection(call.app.registry, call.actor, {
    collection: {
      owner: ownerRefOf(input.entityName, input.projectName),
      name: input.artifactCollectionName,
    },
    ...(change === 'add' ? { tagsToAdd: names } : { tagsToDelete: names }),
  })
  return { success: true, tags: collection.tags.map(tagNode) }
}

export interface DeleteCollectionInput {
  readonly artifactSequenceID?: string
  readonly artifactPortfolioID?: string
}

/** The client asks nothing about aliases: they go with the collection, but for protected ones. */
export async function removeCollection(call: Call, input: DeleteCollectionInput) {
  const id = input.artifactSequenceID ?? input.artifactPortfolioID ?? ''
  const { ref, ...source } = await getCollectionById(call, id)
  await deleteCollection(call.app.registry, call.actor, { collection: ref, dropAliases: true })
  return { artifactCollection: { ...source, deleted: true } satisfies CollectionSource }
}
