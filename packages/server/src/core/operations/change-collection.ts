import { RegistryError } from '../errors.ts'
import {
  MAX_FIELD_CHARACTERS,
  MAX_MEASURES_PER_COLLECTION,
  MAX_TAGS_PER_COLLECTION,
} from '../limits.ts'
import type { Actor } from '../model/actor.ts'
import type { Collection, CollectionRef, Measure } from '../model/collection.ts'
import { describedEdition } from '../model/edition.ts'
import {
  checkArtifactType,
  checkCollectionName,
  checkStorableText,
  checkTag,
} from '../model/names.ts'
import type { Owner } from '../model/owner.ts'
import type { Registry } from '../registry.ts'
import { changePointers } from './steps/change-pointers.ts'
import { checkTypeAllowed, lockCollectionOf, type OwnedCollection } from './steps/collections.ts'
import { checkEdition } from './steps/editions.ts'
import { recordFact } from './steps/facts.ts'
import { checkMayRename } from './steps/rename-rights.ts'
import { checkDescription } from './steps/version-attributes.ts'

export interface ChangeCollectionInput {
  readonly collection: CollectionRef
  readonly name?: string
  readonly description?: string | null
  /** Only of a collection of committed versions. */
  readonly artifactType?: string
  /** All tags; else those that it has, with the changes below. */
  readonly tags?: readonly string[]
  readonly tagsToAdd?: readonly string[]
  /** Taken away after the others were added. */
  readonly tagsToDelete?: readonly string[]
  /** All of them, in order. */
  readonly measures?: readonly Measure[]
  /** Of name, description, tags and measures, as `describedEdition` gives it. */
  readonly expectEdition?: string | null
}

/**
 * Renames a collection, describes or tags it anew, says what its versions are measured by, or
 * moves it to another type. Its numbers, aliases and history stay; numbers that were given under
 * either name are not given again.
 *
 * Throws `owner_not_found`, `forbidden`, `collection_not_found`, `name_invalid`, `already_exists`,
 * `type_mismatch`, `too_large`, `generation_mismatch`, `request_invalid`,
 * `alias_protected` (a rename).
 */
export async function changeCollection(
  registry: Registry,
  actor: Actor,
  input: ChangeCollectionInput,
): Promise<OwnedCollection> {
  const description =
    input.description === undefined ? undefined : checkDescription(input.description)
  if (input.name !== undefined) checkCollectionName(input.name)
  if (input.measures !== undefined) checkMeasures(input.measures)
  return changePointers(registry, actor, async (tx) => {
    const { owner, collection } = await lockCollectionOf(tx, actor, input.collection, 'write')
    checkEdition(input.expectEdition, describedEdition(collection), {
      name: collection.name,
      description: collection.description,
    })
    const name = input.name ?? collection.name
    const renamed = name !== collection.name
    if (renamed) await checkMayRename({ registry, tx, actor, owner, collection, name })
    if (renamed && (await tx.collections.find(owner.id, name)) !== undefined)
      throw new RegistryError('already_exists', `There is a collection "${name}" already.`, {
        collection: name,
      })
    const nextIndex = renamed
      ? Math.max(collection.nextIndex, await tx.collections.firstFreeIndex(owner.id, name))
      : collection.nextIndex
    const changed = {
      ...collection,
      name,
      nextIndex,
      description: description === undefined ? collection.description : description,
      artifactType: typeAfter(owner, collection, input.artifactType),
      tags: tagsAfter(collection.tags, input),
      measures: input.measures ?? collection.measures,
      updatedAt: registry.now(),
    }
    if (renamed) await tx.collections.keepCounter(collection)
    await tx.collections.update(changed)
    await recordFact(registry, tx, actor, {
      kind: 'collection.changed',
      ownerId: owner.id,
      collectionId: collection.id,
      payload: {
        from: collection.name,
        name,
        description: changed.description,
        artifactType: changed.artifactType,
        tags: changed.tags,
        measures: changed.measures,
      },
    })
    return { owner, collection: changed }
  })
}

function typeAfter(owner: Owner, collection: Collection, artifactType?: string): string {
  if (artifactType === undefined || artifactType === collection.artifactType)
    return collection.artifactType
  checkArtifactType(artifactType)
  checkTypeAllowed(owner, artifactType)
  if (collection.kind === 'source') return artifactType
  throw new RegistryError(
    'type_mismatch',
    `"${collection.name}" holds links: its type is that of the versions that are linked there.`,
    { collection: collection.name, type: collection.artifactType, asked: artifactType },
  )
}

function tagsAfter(
  before: readonly string[],
  input: Pick<ChangeCollectionInput, 'tags' | 'tagsToAdd' | 'tagsToDelete'>,
): readonly string[] {
  const added = [...(input.tags ?? []), ...(input.tagsToAdd ?? [])]
  for (const tag of added) checkTag(tag)
  const gone = new Set(input.tagsToDelete)
  const kept = input.tags === undefined ? before : []
  const tags = [...new Set([...kept, ...added])].filter((tag) => !gone.has(tag)).sort()
  if (tags.length > MAX_TAGS_PER_COLLECTION)
    throw new RegistryError(
      'too_large',
      `A collection bears at most ${MAX_TAGS_PER_COLLECTION} tags.`,
    )
  return tags
}

function checkMeasures(measures: readonly Measure[]): void {
  if (measures.length > MAX_MEASURES_PER_COLLECTION)
    throw new RegistryError(
      'too_large',
      `A collection's versions are measured by at most ${MAX_MEASURES_PER_COLLECTION} numbers.`,
    )
  for (const { path } of measures) {
    checkStorableText('A path', path)
    if (path === '' || path.length > MAX_FIELD_CHARACTERS)
      throw new RegistryError(
        'request_invalid',
        `A measure is named by its path in the metadata, up to ${MAX_FIELD_CHARACTERS} characters.`,
      )
  }
  if (new Set(measures.map(({ path }) => path)).size < measures.length)
    throw new RegistryError('request_invalid', 'Name each measure once.')
}
