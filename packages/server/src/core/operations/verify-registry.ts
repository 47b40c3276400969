import { MAX_ENTRIES_PER_PAGE, STAGE_LIFETIME_SECONDS } from '../limits.ts'
import { type ContentDigest, DigestBuilder } from '../model/digest.ts'
import { ManifestDigestBuilder } from '../model/manifest.ts'
import { hashStreamEvent, STREAM_START } from '../model/stream-event.ts'
import { formatTime } from '../model/time.ts'
import type { Draft, Version } from '../model/version.ts'
import { BlobCorrupt, type ReadableRegistry, type ReadTx } from '../registry.ts'
import { findOrphans } from './steps/condemn.ts'
import { FINDINGS, type Finding, Findings } from './steps/findings.ts'
import { verifyCollection } from './steps/verify-collection.ts'

export type { Finding, FindingKind } from './steps/findings.ts'

/** Things of one kind looked at in one step. */
const STEP = 200

export interface VerifyInput {
  /** Which blobs to read and hash; the others are only looked for. */
  readonly readBlob: (digest: ContentDigest) => boolean
  /** Awaited after so many bytes were read: bounds the rate. */
  readonly pace: (bytes: number) => Promise<void>
  /** Awaited between steps. */
  readonly pause: () => Promise<void>
}

export type VerifyEvent =
  | { readonly kind: 'progress'; readonly part: VerifyPart; readonly done: number }
  | { readonly kind: 'finding'; readonly finding: Finding }

export type VerifyPart = 'collections' | 'versions' | 'drafts' | 'events' | 'blobs' | 'bytes'

export interface VerifyReport {
  /** How many of each were looked at; `bytes` were read and hashed. */
  readonly checked: Readonly<Record<VerifyPart, number>>
  readonly damage: number
  readonly garbage: number
}

/**
 * Proves that what the registry promised holds: chains, pointers, numbers, contents, blobs. It only
 * reads, in pages, so that it runs over any number of versions; each collection, and each page of
 * versions, is one snapshot, so that it may run beside a server that writes.
 */
export async function* verifyRegistry(
  registry: ReadableRegistry,
  input: VerifyInput,
): AsyncGenerator<VerifyEvent, VerifyReport> {
  const checked = { collections: 0, versions: 0, drafts: 0, events: 0, blobs: 0, bytes: 0 }
  const count = { damage: 0, garbage: 0 }
  const parts = [
    ['collections', verifyCollections(registry)],
    ['versions', verifyVersions(registry)],
    ['drafts', verifyDrafts(registry)],
    ['events', verifyStream(registry)],
    ['blobs', verifyBlobs(registry, input)],
    ['bytes', verifyLeftovers(registry, input)],
  ] as const
  for (const [part, steps] of parts)
    for await (const step of steps) {
      checked[part] += step.done
      checked.bytes += step.bytes ?? 0
      for (const finding of step.found) {
        count[FINDINGS[finding.kind]] += 1
        yield { kind: 'finding', finding }
      }
      yield { kind: 'progress', part, done: checked[part] }
      await input.pause()
    }
  return { checked, ...count }
}

interface Step {
  readonly done: number
  readonly found: readonly Finding[]
  readonly bytes?: number
}

async function* verifyCollections({ metadata }: ReadableRegistry): AsyncGenerator<Step> {
  let after = ''
  for (;;) {
    const from = after
    const step = await metadata.read(async (tx) => {
      const [collection] = await tx.audit.collections({ after: from, limit: 1 })
      if (collection === undefined) return undefined
      return { id: collection.id, found: await verifyCollection(tx, collection) }
    })
    if (step === undefined) return
    yield { done: 1, found: step.found }
    after = step.id
  }
}

async function* verifyVersions({ metadata }: ReadableRegistry): AsyncGenerator<Step> {
  let after: string | undefined = ''
  while (after !== undefined) {
    const from: string = after
    const { page, found } = await metadata.read(async (tx) => {
      const page = await tx.audit.versions({ after: from, limit: STEP })
      const live = page.filter(({ state }) => state !== 'deleted')
      return { page, found: await verifyContents(tx, live) }
    })
    yield { done: page.length, found }
    after = page.length < STEP ? undefined : page.at(-1)?.id
  }
}

async function verifyContents(
  tx: ReadTx,
  versions: readonly (Version & { readonly entityId: number })[],
): Promise<readonly Finding[]> {
  const found: Finding[] = []
  const lost = await tx.audit.unbacked(
    versions.map(({ id }) => id),
    STEP,
  )
  const entries = Map.groupBy(lost, ({ versionId }) => versionId)
  for (const version of versions) {
    const findings = new Findings(`version ${version.id}`)
    const wrong = await contentDiffers(tx, version)
    if (wrong !== null) findings.add('content_differs', wrong)
    for (const { path } of entries.get(version.id) ?? [])
      findings.add('entry_without_blob', `the bytes of ${JSON.stringify(path)} are not here`)
    if (!entries.has(version.id)) {
      const unheld = await findUnheld(tx, version)
      if (unheld !== null)
        findings.add('holder_missing', `its owner is not recorded to hold ${unheld}`)
    }
    found.push(...findings.found)
  }
  return found
}

/** A blob in quarantine counts as missing, too; `verifyBlobs` tells of it. */
async function findUnheld(
  tx: ReadTx,
  { id, entityId }: { readonly id: string; readonly entityId: number },
): Promise<ContentDigest | null> {
  const limit = MAX_ENTRIES_PER_PAGE
  let after: string | undefined = ''
  while (after !== undefined) {
    const page = await tx.manifests.examineBlobs({ versionId: id, entityId, after, limit })
    for (const { digest, isMissing } of page)
      if (isMissing && (await tx.blobs.findCorrupt(digest)) === undefined) return digest
    after = page.length < limit ? undefined : page.at(-1)?.digest
  }
  return null
}

/** Computes the content digest again, from the entries. */
async function contentDiffers(tx: ReadTx, version: Version): Promise<string | null> {
  const builder = new ManifestDigestBuilder()
  let after: string | undefined = ''
  while (after !== undefined) {
    const limit = MAX_ENTRIES_PER_PAGE
    const page = await tx.manifests.list({ versionId: version.id, after, limit })
    for (const entry of page) builder.add(entry)
    after = page.length < limit ? undefined : page.at(-1)?.path
  }
  const { fileCount, size } = builder
  if (fileCount !== version.fileCount)
    return `it has ${fileCount} entries, and had ${version.fileCount} when it was committed`
  if (size !== version.size)
    return `its entries have ${size} bytes, and had ${version.size} when it was committed`
  const digest = builder.finish()
  return digest === version.digest ? null : `its content is now ${digest}, not ${version.digest}`
}

async function* verifyDrafts({ metadata }: ReadableRegistry): AsyncGenerator<Step> {
  let after: string | undefined = ''
  while (after !== undefined) {
    const from: string = after
    const { page, found } = await metadata.read(async (tx) => {
      const page = await tx.audit.drafts({ after: from, limit: STEP })
      const ids = page.flatMap(({ versionId }) => (versionId === null ? [] : [versionId]))
      const versions = await tx.versions.findMany([...new Set(ids)])
      const known = new Set(versions.map(({ id }) => id))
      return { page, found: page.flatMap((draft) => verifyDraft(draft, known)) }
    })
    yield { done: page.length, found }
    after = page.length < STEP ? undefined : page.at(-1)?.id
  }
}

function verifyDraft(draft: Draft, versions: ReadonlySet<string>): readonly Finding[] {
  const { state, versionId } = draft
  const findings = new Findings(`draft ${draft.id}`)
  if (state === 'open') {
    if (versionId !== null) findings.add('draft_broken', 'it is open, but names a version')
  } else if (versionId === null || !versions.has(versionId))
    findings.add('draft_broken', `it is ${state}, but the version it names is not here`)
  else if (state === 'committed' && versionId !== draft.id)
    findings.add('draft_broken', `it is committed, but names another version, ${versionId}`)
  return findings.found
}

async function* verifyStream({ metadata }: ReadableRegistry): AsyncGenerator<Step> {
  let last = STREAM_START
  for (;;) {
    const { revision: after } = last
    const page = await metadata.read((tx) => tx.events.page({ after, limit: STEP }))
    const findings = new Findings('stream')
    for (const event of page) {
      const { revision, prevHash, hash } = event
      if (revision !== last.revision + 1)
        findings.add('stream_broken', `${revision} follows ${last.revision}: events are missing`)
      else if (prevHash !== last.hash)
        findings.add('stream_broken', `${revision} names another hash than that of the one before`)
      if (hashStreamEvent(event, revision, prevHash) !== hash)
        findings.add('stream_broken', `the hash of ${revision} is not that of its content`)
      last = { revision, hash }
    }
    yield { done: page.length, found: findings.found }
    if (page.length < STEP) return
  }
}

async function* verifyBlobs(registry: ReadableRegistry, input: VerifyInput): AsyncGenerator<Step> {
  let after: string | undefined = ''
  while (after !== undefined) {
    const from: string = after
    const page = await registry.metadata.read((tx) => tx.audit.blobs({ after: from, limit: STEP }))
    for (const blob of page) yield await verifyBlob(registry, input, blob)
    after = page.length < STEP ? undefined : page.at(-1)?.digest
  }
}

async function verifyBlob(
  registry: ReadableRegistry,
  input: VerifyInput,
  blob: Awaited<ReturnType<ReadTx['audit']['blobs']>>[number],
): Promise<Step> {
  const findings = new Findings(`blob ${blob.digest}`)
  if (blob.removedAt !== null) return { done: 0, found: [] }
  if (blob.removingAt !== null) {
    findings.add('removal_unfinished', `its removal began at ${formatTime(blob.removingAt)}`)
    return { done: 1, found: findings.found }
  }
  if (blob.corruptAt !== null) {
    const since = formatTime(blob.corruptAt)
    findings.add('bytes_differ', `it is in quarantine since ${since}: its bytes have changed`)
    return { done: 1, found: findings.found }
  }
  const stored = await registry.blobs.stat(blob.digest)
  // A collection may have taken it since its row was read.
  if (stored === undefined && (await isGone(registry, blob.digest))) return { done: 0, found: [] }
  let bytes = 0
  if (stored === undefined) findings.add('bytes_missing', 'it has a row, but no bytes')
  else if (stored.size !== blob.size)
    findings.add('bytes_differ', `${stored.size} bytes are stored, and ${blob.size} came in`)
  // Bytes that were found without a row have no check values; nobody needs them.
  else if (input.readBlob(blob.digest) && blob.checks.length > 0) {
    bytes = blob.size
    const wrong = await readAgain(registry, input, blob)
    if (wrong !== null) findings.add('bytes_differ', wrong)
  }
  return { done: 1, found: findings.found, bytes }
}

async function isGone({ metadata }: ReadableRegistry, digest: ContentDigest): Promise<boolean> {
  return (await metadata.read((tx) => tx.blobs.find(digest))) === undefined
}

/** Compares each chunk with its check value, and all bytes with the digest. */
async function readAgain(
  { blobs }: ReadableRegistry,
  { pace }: VerifyInput,
  blob: Parameters<ReadableRegistry['blobs']['send']>[0],
): Promise<string | null> {
  const builder = new DigestBuilder()
  try {
    await blobs.send(blob, null, async (chunk) => {
      builder.update(chunk)
      await pace(chunk.length)
    })
  } catch (error) {
    if (error instanceof BlobCorrupt) return error.message
    throw error
  }
  const digest = builder.finish()
  return digest === blob.digest ? null : `its bytes have the digest ${digest}`
}

/** What a crash leaves, or an upload that nobody goes on with. */
async function* verifyLeftovers(
  registry: ReadableRegistry,
  { pause }: VerifyInput,
): AsyncGenerator<Step> {
  for await (const orphans of findOrphans(registry, pause)) {
    const found = orphans.map(
      ({ digest, size }): Finding => ({
        kind: 'bytes_without_row',
        about: `blob ${digest}`,
        message: `${size} bytes are stored, but no row tells of them`,
      }),
    )
    yield { done: 0, found }
  }
  const before = registry.now() - STAGE_LIFETIME_SECONDS * 1_000_000
  const findings = new Findings('uploads')
  for await (const { size, touchedAt } of registry.blobs.listStages())
    if (touchedAt < before)
      findings.add(
        'upload_forgotten',
        `${size} bytes of an upload wait since ${formatTime(Math.trunc(touchedAt))}`,
      )
  yield { done: 0, found: findings.found }
}
