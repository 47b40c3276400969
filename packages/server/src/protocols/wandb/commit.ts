import { RegistryError } from '../../core/errors.ts'
import { MAX_ENTRIES_PER_PAGE, MAX_WANDB_MANIFEST_BYTES } from '../../core/limits.ts'
import type { ContentDigest } from '../../core/model/digest.ts'
import type { ManifestEntry } from '../../core/model/manifest.ts'
import type { Page } from '../../core/model/page.ts'
import type { Draft, DraftManifest } from '../../core/model/version.ts'
import { claimHeldBlobs, type HeldForDraft } from '../../core/operations/claim-held-blobs.ts'
import { commitVersion } from '../../core/operations/commit-version.ts'
import { listDraftManifests } from '../../core/operations/list-draft-manifests.ts'
import { listVersionFiles, type VersionFile } from '../../core/operations/list-version-files.ts'
import { openBlob } from '../../core/operations/open-blob.ts'
import { sendBlob } from '../../core/operations/send-blob.ts'
import type { Call } from './call.ts'
import { WANDB_DIGEST } from './logging.ts'
import { digestManifest, parseManifest, type SentEntry } from './manifest-file.ts'
import { readNodeId } from './node-ids.ts'

/** How many MD5s are looked up in one statement. */
const MAX_MD5S_PER_LOOKUP = 1_000

/** An entry of the whole, and what the client calls its digest. */
interface WholeEntry {
  readonly entry: ManifestEntry
  readonly digest: string
}

/**
 * Commits a draft by the manifest files that were uploaded for it: what they say is resolved to
 * bytes that the asker sent or may read, and wandb's own digest of the whole is computed again.
 */
export async function commitArtifact(call: Call, input: { readonly artifactID: string }) {
  const { registry } = call.app
  const draftId = readNodeId('Artifact', input.artifactID)
  const begun = await listDraftManifests(registry, call.actor, { draftId })
  const { draft } = begun
  const committed =
    draft.state === 'open'
      ? await commitVersion(registry, call.actor, {
          draftId,
          ...(await contentOf(call, begun)),
        })
      : await commitVersion(registry, call.actor, { draftId })
  call.artifacts.forget()
  return { artifact: await call.artifacts.load(committed.version.id) }
}

/** What `listDraftManifests` gives. */
interface Begun {
  readonly draft: Draft
  readonly manifests: readonly DraftManifest[]
  readonly storeWasFull: boolean
}

async function contentOf(call: Call, begun: Begun) {
  const { draft, manifests } = begun
  const uploaded = manifests.filter((manifest) => manifest.fileDigest !== null)
  const newest = uploaded.at(-1)
  if (newest === undefined)
    throw begun.storeWasFull
      ? notKept('its manifest')
      : new RegistryError('request_invalid', 'No manifest has been uploaded for this artifact.')
  const whole = new Map<string, WholeEntry>()
  if (newest.kind === 'incremental' && newest.baseVersionId !== null)
    for await (const { entry, clientDigest } of filesOf(call, newest.baseVersionId))
      whole.set(entry.path, { entry, digest: clientDigest })
  const parts =
    newest.kind === 'patch' ? uploaded.filter((part) => part.kind === 'patch') : [newest]
  for (const part of parts)
    for (const entry of await resolveEntries(call, begun, await readManifest(call, part)))
      whole.set(entry.entry.path, entry)
  const value = digestManifest(Array.from(whole, ([path, { digest }]) => ({ path, digest })))
  if (newest.kind === 'full' && value !== draft.clientDigest?.value)
    throw new RegistryError(
      'digest_mismatch',
      `The uploaded manifest has the digest ${value}, but ${draft.clientDigest?.value} was ` +
        'announced. Log the artifact again.',
    )
  return {
    entries: Array.from(whole.values(), ({ entry }) => entry),
    clientDigest: { kind: WANDB_DIGEST, value },
  }
}

async function readManifest(call: Call, manifest: DraftManifest): Promise<readonly SentEntry[]> {
  const { registry } = call.app
  if (manifest.fileDigest === null) return []
  const blob = await openBlob(registry, { versionId: null, digest: manifest.fileDigest })
  if (blob.size > MAX_WANDB_MANIFEST_BYTES)
    throw new RegistryError('too_large', 'The manifest file is too large.')
  const bytes = Buffer.allocUnsafe(blob.size)
  let at = 0
  await sendBlob(registry, blob, null, async (chunk) => {
    bytes.set(chunk, at)
    at += chunk.length
  })
  return parseManifest(bytes.toString())
}

/** All files of a version that the asker may see. Throws `version_not_found`. */
async function* filesOf(call: Call, versionId: string): AsyncGenerator<VersionFile> {
  let after: string | null = ''
  while (after !== null) {
    const page: Page<VersionFile, string> = await listVersionFiles(call.app.registry, call.actor, {
      versionId,
      after,
      limit: MAX_ENTRIES_PER_PAGE,
    })
    yield* page.items
    after = page.next
  }
}

/**
 * Finds the bytes behind each entry's MD5. The client's word on which version they came from is not
 * needed, and so never believed: bytes count when they were sent for this draft or when the asker
 * may read them elsewhere. Throws `blob_missing`; `storage_full` where they came and found no room.
 */
async function resolveEntries(
  call: Call,
  { draft, storeWasFull }: Begun,
  sent: readonly SentEntry[],
): Promise<readonly WholeEntry[]> {
  const md5s = [
    ...new Set(sent.flatMap((entry) => (entry.reference === null ? [entry.digest] : []))),
  ]
  const held = new Map<string, HeldForDraft>()
  for (let from = 0; from < md5s.length; from += MAX_MD5S_PER_LOOKUP) {
    const some = md5s.slice(from, from + MAX_MD5S_PER_LOOKUP)
    const found = await claimHeldBlobs(call.app.registry, call.actor, {
      draftId: draft.id,
      md5s: some,
    })
    for (const [md5, blob] of found) held.set(md5, blob)
  }
  return sent.map((entry) => {
    if (entry.reference === null && storeWasFull && !held.has(entry.digest))
      throw notKept(JSON.stringify(entry.path))
    return { entry: resolveEntry(entry, held), digest: entry.digest }
  })
}

/** Here its user reads what was refused to a PUT: of that answer the client shows nothing. */
function notKept(what: string): RegistryError {
  return new RegistryError(
    'storage_full',
    `The disk for blobs is full, so the bytes of ${what} were not kept. ` +
      'Make room on it and log the artifact again.',
  )
}

function resolveEntry(sent: SentEntry, held: ReadonlyMap<string, HeldForDraft>): ManifestEntry {
  const { path, reference, extra, digest: clientDigest } = sent
  if (reference !== null)
    return { path, digest: null, size: sent.size, reference, clientDigest, extra }
  const blob = held.get(clientDigest)
  if (blob === undefined)
    throw new RegistryError(
      'blob_missing',
      `The bytes of ${JSON.stringify(path)} have not arrived. Log the artifact again.`,
      { path },
    )
  const digest: ContentDigest = blob.digest
  return { path, digest, size: blob.size, reference: null, clientDigest, extra }
}
