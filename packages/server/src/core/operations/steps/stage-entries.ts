import { RegistryError } from '../../errors.ts'
import { MAX_ENTRIES_PER_MANIFEST, MAX_ENTRIES_PER_STAGE } from '../../limits.ts'
import type { Actor } from '../../model/actor.ts'
import type { ContentDigest } from '../../model/digest.ts'
import { checkEntry, type ManifestEntry } from '../../model/manifest.ts'
import type { Owner } from '../../model/owner.ts'
import type { Draft } from '../../model/version.ts'
import type { Registry, Tx } from '../../registry.ts'
import { readableEntities, readsAllOf } from '../../rules/access.ts'
import { checkOpen, draftNotFound, expiryFrom } from './drafts.ts'
import { isVisible } from './visible-version.ts'

/**
 * Puts entries into a draft, a few hundred a transaction: a draft is seen by nobody, so that it may
 * grow in steps. Blobs that the actor may read elsewhere become the owner's to hold.
 */
export async function stageEntries(
  registry: Registry,
  actor: Actor,
  owner: Owner,
  draftId: string,
  entries: readonly ManifestEntry[],
): Promise<void> {
  for (const entry of entries) checkEntry(entry)
  for (let from = 0; from < entries.length; from += MAX_ENTRIES_PER_STAGE) {
    const part = entries.slice(from, from + MAX_ENTRIES_PER_STAGE)
    await registry.metadata.transaction(async (tx) => {
      const draft = await tx.drafts.lock(draftId)
      if (draft === undefined) throw draftNotFound(draftId)
      checkOpen(draft)
      await tx.manifests.put(draftId, part)
      const digests = part.flatMap((entry) => (entry.digest === null ? [] : [entry.digest]))
      const held = await tx.blobs.findHeld(readableEntities(actor), unique(digests))
      checkSizes(part, new Map(held.map((blob) => [blob.digest, blob.size])))
      const known = held.map((blob) => blob.digest)
      if (!readsAllOf(actor, owner.entityId)) {
        known.push(...(await findInBase(tx, actor, draft, unique(digests))))
        await tx.blobs.recordUploads(draftId, unique(known))
      }
      await tx.blobs.hold(owner.entityId, draftId, unique(known))
      const entriesRevision = draft.entriesRevision + 1
      // Counted only where so many parts could hold too many: to count each time takes as long as
      // all that is there.
      const atMost = entriesRevision * MAX_ENTRIES_PER_STAGE
      if (
        atMost > MAX_ENTRIES_PER_MANIFEST &&
        (await tx.manifests.count(draftId)) > MAX_ENTRIES_PER_MANIFEST
      )
        throw new RegistryError(
          'too_large',
          `A manifest holds at most ${MAX_ENTRIES_PER_MANIFEST} entries. Log an archive instead.`,
        )
      await tx.drafts.update({
        ...draft,
        entriesRevision,
        expiresAt: expiryFrom(registry.now()),
      })
    })
  }
}

/** Of these digests those of the version that the draft goes on from, if it is theirs to read. */
async function findInBase(
  tx: Tx,
  actor: Actor,
  { baseVersionId }: Draft,
  digests: readonly ContentDigest[],
): Promise<readonly ContentDigest[]> {
  if (baseVersionId === null || !(await isVisible(tx, actor, baseVersionId, 'download'))) return []
  const found: ContentDigest[] = []
  for (const digest of digests)
    if ((await tx.manifests.findByDigest(baseVersionId, digest)) !== undefined) found.push(digest)
  return found
}

function checkSizes(
  entries: readonly ManifestEntry[],
  sizes: ReadonlyMap<ContentDigest, number>,
): void {
  for (const { path, digest, size } of entries) {
    const known = digest === null ? undefined : sizes.get(digest)
    if (known !== undefined && known !== size)
      throw new RegistryError(
        'manifest_invalid',
        `Entry ${JSON.stringify(path)} says ${size} bytes, but its blob has ${known}.`,
        { path, size, actual: known },
      )
  }
}

function unique<Item>(items: readonly Item[]): readonly Item[] {
  return [...new Set(items)]
}
