import { RegistryError } from '../errors.ts'
import { MAX_CLIENT_KEY_CHARACTERS } from '../limits.ts'
import type { Actor } from '../model/actor.ts'
import type { CollectionRef } from '../model/collection.ts'
import type { ClientDigest, ContentDigest } from '../model/digest.ts'
import {
  checkEntry,
  comparePaths,
  ManifestDigestBuilder,
  type ManifestEntry,
} from '../model/manifest.ts'
import { checkArtifactType, checkCollectionName } from '../model/names.ts'
import type { Owner } from '../model/owner.ts'
import type { Run } from '../model/run.ts'
import type { Draft } from '../model/version.ts'
import type { Registry, Tx } from '../registry.ts'
import { adoptVersion, type Committed } from './steps/adopt-version.ts'
import { changePointers } from './steps/change-pointers.ts'
import { checkSameType } from './steps/collections.ts'
import { expiryFrom, prolongDraft } from './steps/drafts.ts'
import { ensureProject, getOwner } from './steps/owners.ts'
import { noRun } from './steps/runs.ts'
import { stageEntries } from './steps/stage-entries.ts'
import {
  checkDescription,
  checkMetadata,
  checkTags,
  checkTtl,
  checkWantedAliases,
} from './steps/version-attributes.ts'

export interface CreateDraftInput {
  readonly collection: CollectionRef
  readonly artifactType: string
  /** Make the project when it is not there. */
  readonly makeProject: boolean
  /** The same key of the same actor gives the same draft (or the version it became). */
  readonly clientKey?: string | null
  readonly clientDigest?: ClientDigest | null
  readonly baseVersionId?: string | null
  readonly distributedKey?: string | null
  readonly aliases?: readonly string[]
  readonly tags?: readonly string[]
  /** A JSON object as text. */
  readonly metadata?: string | null
  readonly description?: string | null
  readonly ttlSeconds?: number | null
  readonly historyStep?: number | null
  /** The run that makes it, by name in the same project. */
  readonly runName?: string | null
  /** Else a run that is not there is none: a client may log before its run has reached us. */
  readonly runMustExist?: boolean
  readonly entries?: readonly ManifestEntry[]
  /** All entries are here: equal content can be recognised at once. */
  readonly complete?: boolean
}

/** A draft to fill, or the version that has this content already. */
export type CreatedDraft =
  | { readonly kind: 'draft'; readonly draft: Draft }
  | ({ readonly kind: 'version' } & Committed)

/**
 * Begins a version. Where the collection has a live version of equal content (by content digest
 * when all entries are given, or by the client's digest), that version is adopted instead.
 *
 * Throws `owner_not_found`, `not_found` (the run), `forbidden`, `name_invalid`, `type_mismatch`,
 * `manifest_invalid`, `request_invalid`, `too_large`.
 */
export async function createDraft(
  registry: Registry,
  actor: Actor,
  input: CreateDraftInput,
): Promise<CreatedDraft> {
  checkCollectionName(input.collection.name)
  checkArtifactType(input.artifactType)
  checkClientKeys(input)
  const entries = input.entries ?? []
  // Here too: what is refused leaves neither a project nor a draft behind.
  for (const entry of entries) checkEntry(entry)
  const digest = input.complete === true ? digestOfEntries(entries) : undefined
  const wanted = {
    aliases: checkWantedAliases(input.aliases ?? []),
    tags: checkTags(input.tags ?? []),
    metadata: checkMetadata(input.metadata ?? '{}'),
    description: checkDescription(input.description ?? null),
  }
  const { owner, created } = await changePointers(registry, actor, async (tx) => {
    const { owner: ref, name } = input.collection
    const within = { collection: name }
    const owner = input.makeProject
      ? await ensureProject(registry, tx, actor, ref, within)
      : await getOwner(tx, actor, ref, 'write', within)
    return {
      owner,
      created: await begin(registry, tx, actor, owner, { ...input, ...wanted }, digest),
    }
  })
  if (created.kind === 'draft' && entries.length > 0)
    await stageEntries(registry, actor, owner, created.draft.id, entries)
  return created
}

async function begin(
  registry: Registry,
  tx: Tx,
  actor: Actor,
  owner: Owner,
  input: CreateDraftInput & Pick<Draft, 'aliases' | 'tags' | 'metadata'>,
  digest: ContentDigest | undefined,
): Promise<CreatedDraft> {
  const again = await findAgain(tx, actor, owner, input)
  if (again?.kind === 'version') return again
  const known = again && (await prolongDraft(tx, again.draft, registry.now()))
  if (known !== undefined) return { kind: 'draft', draft: known }
  const draft = await draftOf(registry, tx, actor, owner, input)
  const collection = await tx.collections.find(owner.id, input.collection.name)
  if (collection !== undefined) {
    checkSameType(collection, input.artifactType)
    const equal =
      digest === undefined
        ? draft.clientDigest === null || draft.distributedKey !== null
          ? undefined
          : await tx.memberships.findByClientDigest(collection.id, draft.clientDigest)
        : await tx.memberships.findByDigest(collection.id, digest)
    if (equal !== undefined) {
      const locked = await tx.collections.lock(collection.id)
      const adopted =
        locked && (await adoptVersion(registry, tx, actor, owner, locked, equal, draft))
      if (adopted !== undefined) {
        await rememberAdopted(tx, draft, adopted)
        return { kind: 'version', ...adopted }
      }
    }
  }
  await tx.drafts.insert(draft)
  return { kind: 'draft', draft }
}

/** The client's key goes on naming the version that was taken instead. */
async function rememberAdopted(tx: Tx, draft: Draft, adopted: Committed): Promise<void> {
  if (draft.clientKey === null) return
  await tx.drafts.insert({
    ...draft,
    state: 'absorbed',
    versionId: adopted.version.id,
    collectionId: adopted.collection.id,
    index: adopted.membership.index,
  })
}

/** A second call with the same client key, or of another worker of the same distributed version. */
async function findAgain(
  tx: Tx,
  actor: Actor,
  owner: Owner,
  input: CreateDraftInput,
): Promise<CreatedDraft | undefined> {
  const byKey =
    input.clientKey == null
      ? undefined
      : await tx.drafts.findByClientKey(actor.userId, input.clientKey)
  const draft =
    byKey ??
    (input.distributedKey == null
      ? undefined
      : await tx.drafts.findDistributed(owner.id, input.collection.name, input.distributedKey))
  if (draft === undefined) return undefined
  const sameTarget = draft.ownerId === owner.id && draft.collectionName === input.collection.name
  if (!sameTarget)
    throw new RegistryError(
      'request_invalid',
      'This client key was used for a draft of another collection. Use a fresh key.',
    )
  if (draft.state === 'open' || draft.collectionId === null || draft.index === null)
    return { kind: 'draft', draft }
  const collection = await tx.collections.findById(draft.collectionId)
  const membership = await tx.memberships.find(draft.collectionId, draft.index)
  const version =
    membership === undefined ? undefined : await tx.versions.findById(membership.versionId)
  if (collection === undefined || membership === undefined || version === undefined)
    return { kind: 'draft', draft }
  return { kind: 'version', owner, collection, membership, version, created: false }
}

async function draftOf(
  registry: Registry,
  tx: Tx,
  actor: Actor,
  owner: Owner,
  input: CreateDraftInput & Pick<Draft, 'aliases' | 'tags' | 'metadata'>,
): Promise<Draft> {
  const time = registry.now()
  const run = await findMaker(tx, owner, input)
  return {
    id: registry.newId(),
    ownerId: owner.id,
    collectionName: input.collection.name,
    artifactType: input.artifactType,
    createdBy: actor.userId,
    clientKey: input.clientKey ?? null,
    clientDigest: input.clientDigest ?? null,
    baseVersionId: input.baseVersionId ?? null,
    distributedKey: input.distributedKey ?? null,
    aliases: input.aliases,
    tags: input.tags,
    metadata: input.metadata,
    description: input.description ?? null,
    ttlSeconds: checkTtl(input.ttlSeconds ?? null),
    historyStep: input.historyStep ?? null,
    runId: run?.id ?? null,
    state: 'open',
    versionId: null,
    collectionId: null,
    index: null,
    entriesRevision: 0,
    createdAt: time,
    expiresAt: expiryFrom(time),
  }
}

async function findMaker(
  tx: Tx,
  owner: Owner,
  { runName, runMustExist }: CreateDraftInput,
): Promise<Run | undefined> {
  if (runName == null) return undefined
  const run = await tx.runs.find(owner.id, runName)
  return run ?? (runMustExist === true ? noRun(runName) : undefined)
}

function checkClientKeys({ clientKey, distributedKey, clientDigest }: CreateDraftInput): void {
  for (const key of [clientKey, distributedKey, clientDigest?.value])
    if (key != null && key.length > MAX_CLIENT_KEY_CHARACTERS)
      throw new RegistryError(
        'request_invalid',
        `A client's own key or digest has at most ${MAX_CLIENT_KEY_CHARACTERS} characters.`,
      )
}

/** The content digest of entries in any order. Throws `manifest_invalid` for a path given twice. */
function digestOfEntries(entries: readonly ManifestEntry[]): ContentDigest {
  const builder = new ManifestDigestBuilder()
  let previous: string | undefined
  for (const entry of entries.toSorted((a, b) => comparePaths(a.path, b.path))) {
    if (entry.path === previous)
      throw new RegistryError(
        'manifest_invalid',
        `The path ${JSON.stringify(entry.path)} is given twice.`,
        { path: entry.path },
      )
    previous = entry.path
    builder.add(entry)
  }
  return builder.finish()
}
