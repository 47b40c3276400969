import { RegistryError } from '../errors.ts'
import { MAX_ITEMS_PER_PAGE, MAX_NAMED_IN_ERROR } from '../limits.ts'
import type { Actor } from '../model/actor.ts'
import type { Collection } from '../model/collection.ts'
import type { ClientDigest, ContentDigest } from '../model/digest.ts'
import { ManifestDigestBuilder, type ManifestEntry } from '../model/manifest.ts'
import type { Owner } from '../model/owner.ts'
import type { Draft, Version } from '../model/version.ts'
import type { Registry, Tx } from '../registry.ts'
import { isAllowed, readsAllOf } from '../rules/access.ts'
import { adoptVersion, applyWishes, type Committed } from './steps/adopt-version.ts'
import { changePointers } from './steps/change-pointers.ts'
import { ensureCollection } from './steps/collections.ts'
import { draftNotFound, getOwnedDraft } from './steps/drafts.ts'
import { recordFact } from './steps/facts.ts'
import { insertMember } from './steps/insert-member.ts'
import { findMissingBlobs } from './steps/missing-blobs.ts'
import { stageEntries } from './steps/stage-entries.ts'

export type { Committed } from './steps/adopt-version.ts'

export interface CommitVersionInput {
  readonly draftId: string
  /** Entries to put first; those that are there already stay. */
  readonly entries?: readonly ManifestEntry[]
  /** The client's digest of the whole, where the draft knows only that of a part. */
  readonly clientDigest?: ClientDigest
}

/** What the commit knows of a draft's entries, computed outside its transaction. */
interface Content {
  readonly entriesRevision: number
  readonly digest: ContentDigest
  readonly fileCount: number
  readonly size: number
  /** Some of the blobs that are not there, in order of digest. */
  readonly missing: readonly ContentDigest[]
}

/**
 * Makes a draft a version: bytes first, facts last. Equal content of a live version of the same
 * collection is adopted instead (`created: false`). Idempotent: a draft that was committed gives
 * the same version again.
 *
 * The content digest is computed and the blobs are looked for before the transaction, page by page;
 * what was found holds only if the draft's entries have not changed meanwhile, else all is done
 * again. A blob that was there cannot go: an open draft needs it.
 *
 * Throws `draft_not_found`, `blob_missing` (naming some), `type_mismatch`, `alias_protected`,
 * `alias_confusable`, `promotion_refused`, and what entries may throw.
 */
export async function commitVersion(
  registry: Registry,
  actor: Actor,
  input: CommitVersionInput,
): Promise<Committed> {
  const { draft, owner } = await registry.metadata.read((tx) =>
    getOwnedDraft(tx, actor, input.draftId),
  )
  if (draft.state === 'open' && input.entries !== undefined)
    await stageEntries(registry, actor, owner, draft.id, input.entries)
  for (;;) {
    const content =
      draft.state === 'open' ? await readContent(registry, actor, owner, draft.id) : undefined
    const committed = await changePointers(registry, actor, (tx) =>
      commit(registry, tx, actor, input, content),
    )
    if (committed !== undefined) return committed
  }
}

/** Undefined: the entries changed since they were read. */
async function commit(
  registry: Registry,
  tx: Tx,
  actor: Actor,
  input: CommitVersionInput,
  content: Content | undefined,
): Promise<Committed | undefined> {
  const draft = await tx.drafts.lock(input.draftId)
  const owner = draft === undefined ? undefined : await tx.owners.findById(draft.ownerId)
  if (
    draft === undefined ||
    owner === undefined ||
    !isAllowed(actor, 'write', owner, { collection: draft.collectionName })
  )
    throw draftNotFound(input.draftId)
  if (draft.state !== 'open') return committedBefore(tx, owner, draft)
  if (draft.entriesRevision !== content?.entriesRevision) return undefined
  const collection = await ensureCollection(registry, tx, actor, owner, {
    name: draft.collectionName,
    artifactType: draft.artifactType,
    kind: 'source',
  })
  const equal = await tx.memberships.findByDigest(collection.id, content.digest)
  const adopted =
    equal === undefined
      ? undefined
      : await adoptVersion(registry, tx, actor, owner, collection, equal, draft)
  const committed =
    adopted ?? (await insertVersion(registry, tx, actor, owner, collection, draft, content, input))
  if (adopted !== undefined) await tx.manifests.remove(draft.id)
  await tx.drafts.update({
    ...draft,
    state: adopted === undefined ? 'committed' : 'absorbed',
    versionId: committed.version.id,
    collectionId: collection.id,
    index: committed.membership.index,
  })
  return committed
}

async function insertVersion(
  registry: Registry,
  tx: Tx,
  actor: Actor,
  owner: Owner,
  collection: Collection,
  draft: Draft,
  content: Content,
  input: CommitVersionInput,
): Promise<Committed> {
  checkNothingMissing(content)
  const time = registry.now()
  const index = collection.nextIndex
  const version: Version = {
    id: draft.id,
    digest: content.digest,
    clientDigest: input.clientDigest ?? draft.clientDigest,
    sourceCollectionId: collection.id,
    sourceIndex: index,
    state: 'committed',
    stateReason: null,
    size: content.size,
    fileCount: content.fileCount,
    metadata: draft.metadata,
    description: draft.description,
    tags: draft.tags,
    ttlSeconds: draft.ttlSeconds,
    historyStep: draft.historyStep,
    runId: draft.runId,
    createdBy: actor.userId,
    createdAt: time,
    updatedAt: time,
    revision: 1,
  }
  await tx.versions.insert(version)
  const placed = await insertMember(tx, actor, collection, version, time)
  const { membership } = placed
  await recordFact(registry, tx, actor, {
    kind: 'version.committed',
    ownerId: owner.id,
    collectionId: collection.id,
    payload: { version: version.id, index, digest: version.digest, size: version.size },
  })
  const after = await applyWishes(registry, tx, actor, owner, placed.collection, membership, draft)
  return { owner, collection: after, membership, version, created: true }
}

/** Throws `blob_missing`: a version is visible only when every blob it names is durable. */
function checkNothingMissing({ missing }: Content): void {
  if (missing.length === 0) return
  throw new RegistryError(
    'blob_missing',
    `The bytes of ${missing.length === MAX_NAMED_IN_ERROR ? 'many' : missing.length} file(s) ` +
      'have not arrived. Send them, then commit again.',
    { missing },
  )
}

async function committedBefore(tx: Tx, owner: Owner, draft: Draft): Promise<Committed> {
  const { collectionId, index } = draft
  const collection = collectionId === null ? undefined : await tx.collections.findById(collectionId)
  const membership =
    collection === undefined || index === null
      ? undefined
      : await tx.memberships.find(collection.id, index)
  const version =
    membership === undefined ? undefined : await tx.versions.findById(membership.versionId)
  if (collection === undefined || membership === undefined || version === undefined)
    throw draftNotFound(draft.id)
  return { owner, collection, membership, version, created: false }
}

/** Other requests go between the pages: where a read waits for nothing, nobody else lets them. */
async function readContent(
  registry: Registry,
  actor: Actor,
  owner: Owner,
  draftId: string,
): Promise<Content> {
  const builder = new ManifestDigestBuilder()
  const entriesRevision = await registry.metadata.read(async (tx) => {
    const draft = await tx.drafts.findById(draftId)
    return draft?.entriesRevision ?? 0
  })
  const limit = MAX_ITEMS_PER_PAGE
  let after: string | undefined = ''
  while (after !== undefined) {
    const from: string = after
    const page = await registry.metadata.read((tx) =>
      tx.manifests.list({ versionId: draftId, after: from, limit }),
    )
    for (const entry of page) builder.add(entry)
    after = page.length < limit ? undefined : page.at(-1)?.path
    if (after !== undefined) await new Promise<void>((resolve) => setImmediate(resolve))
  }
  const scope = {
    versionId: draftId,
    entityId: owner.entityId,
    isProven: !readsAllOf(actor, owner.entityId),
  }
  const page = { after: '', most: MAX_NAMED_IN_ERROR }
  const missing = await findMissingBlobs(registry, scope, page)
  const digest = builder.finish()
  const { fileCount, size } = builder
  return { entriesRevision, digest, fileCount, size, missing: missing.map((blob) => blob.digest) }
}
