import { RegistryError } from '../errors.ts'
import type { Actor } from '../model/actor.ts'
import type { Version } from '../model/version.ts'
import type { Registry } from '../registry.ts'
import { isAllowed } from '../rules/access.ts'
import { recordFact } from './steps/facts.ts'
import { putVersion } from './steps/put-version.ts'
import { checkDescription, checkMetadata, checkTags, checkTtl } from './steps/version-attributes.ts'

export interface ChangeVersionInput {
  readonly versionId: string
  /** A JSON object as text; undefined leaves it as it is, as for all below. */
  readonly metadata?: string
  readonly description?: string | null
  /** Applied in this order: replace, add, delete. */
  readonly tags?: readonly string[]
  readonly tagsToAdd?: readonly string[]
  readonly tagsToDelete?: readonly string[]
  readonly ttlSeconds?: number | null
  /** Refuse with `generation_mismatch` unless the version is still at this revision. */
  readonly expectRevision?: number | null
}

/**
 * Changes what may change of a version; its content never does. Each change grows its revision.
 *
 * Throws `version_not_found`, `forbidden`, `generation_mismatch`, `request_invalid`, `too_large`,
 * `name_invalid`.
 */
export async function changeVersion(
  registry: Registry,
  actor: Actor,
  input: ChangeVersionInput,
): Promise<Version> {
  const metadata = input.metadata === undefined ? undefined : checkMetadata(input.metadata)
  const description =
    input.description === undefined ? undefined : checkDescription(input.description)
  return registry.metadata.transaction(async (tx) => {
    const before = await tx.versions.findById(input.versionId)
    const collection =
      before === undefined ? undefined : await tx.collections.lock(before.sourceCollectionId)
    const owner =
      collection === undefined ? undefined : await tx.owners.findById(collection.ownerId)
    const version = await tx.versions.findById(input.versionId)
    if (
      version === undefined ||
      version.state === 'deleted' ||
      owner === undefined ||
      !isAllowed(actor, 'read', owner, { collection: collection?.name ?? '' })
    )
      throw new RegistryError('version_not_found', 'There is no such version.')
    if (!isAllowed(actor, 'write', owner, { collection: collection?.name ?? '' }))
      throw new RegistryError('forbidden', 'You may not change this version.')
    checkRevision(version, input.expectRevision ?? null)
    const changed: Version = {
      ...version,
      metadata: metadata ?? version.metadata,
      description: description === undefined ? version.description : description,
      tags: tagsAfter(version, input),
      ttlSeconds: input.ttlSeconds === undefined ? version.ttlSeconds : checkTtl(input.ttlSeconds),
    }
    if (sameAttributes(version, changed)) return version
    const next = { ...changed, revision: version.revision + 1, updatedAt: registry.now() }
    await putVersion(tx, next)
    await recordFact(registry, tx, actor, {
      kind: 'version.changed',
      ownerId: owner.id,
      collectionId: version.sourceCollectionId,
      payload: { version: version.id, index: version.sourceIndex, revision: next.revision },
    })
    return next
  })
}

function checkRevision(version: Version, expected: number | null): void {
  if (expected === null || expected === version.revision) return
  throw new RegistryError(
    'generation_mismatch',
    `The version is at revision ${version.revision}, not ${expected}: somebody changed it. ` +
      'Look again, then decide.',
    { revision: version.revision },
  )
}

function tagsAfter(version: Version, input: ChangeVersionInput): readonly string[] {
  const dropped = new Set(input.tagsToDelete ?? [])
  const wanted = [...(input.tags ?? version.tags), ...(input.tagsToAdd ?? [])]
  return checkTags(wanted.filter((tag) => !dropped.has(tag)))
}

function sameAttributes(before: Version, after: Version): boolean {
  return (
    before.metadata === after.metadata &&
    before.description === after.description &&
    before.ttlSeconds === after.ttlSeconds &&
    before.tags.length === after.tags.length &&
    before.tags.every((tag, at) => tag === after.tags[at])
  )
}
