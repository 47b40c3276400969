import { RegistryError } from '../../core/errors.ts'
import {
  MAX_ENTRIES_PER_PAGE,
  MAX_PARTS_PER_ANSWER,
  MAX_PARTS_PER_UPLOAD,
} from '../../core/limits.ts'
import type { DraftManifest } from '../../core/model/version.ts'
import { changeDraftManifest } from '../../core/operations/change-draft-manifest.ts'
import { claimHeldBlobs } from '../../core/operations/claim-held-blobs.ts'
import { createDraft } from '../../core/operations/create-draft.ts'
import { createDraftManifest } from '../../core/operations/create-draft-manifest.ts'
import { findDraft } from '../../core/operations/find-draft.ts'
import { ownerNamed } from './accounts.ts'
import { wholeList } from './answers.ts'
import { findArtifact, type ManifestSource, readTtl } from './artifacts.ts'
import type { Call } from './call.ts'
import { type FileSource, hexOf } from './files.ts'
import { nodeId, readNodeId } from './node-ids.ts'
import { partLinks, roomForParts, type SentPart } from './parts.ts'

/** The kind of the client's own digest of a whole manifest. */
export const WANDB_DIGEST = 'wandb-md5'

export interface CreateArtifactInput {
  readonly entityName: string
  readonly projectName: string
  readonly runName?: string
  readonly artifactTypeName: string
  readonly artifactCollectionName?: string
  readonly artifactCollectionNames?: readonly string[]
  readonly digest: string
  readonly digestAlgorithm?: string
  readonly description?: string
  readonly metadata?: string
  readonly aliases?: readonly { readonly alias: string }[]
  readonly tags?: readonly { readonly tagName: string }[]
  readonly ttlDurationSeconds?: number
  readonly historyStep?: number
  readonly distributedID?: string
  readonly clientID?: string
  readonly storageRegion?: string
}

/** Begins a version, or gives the one that has this content already. */
export async function createArtifact(call: Call, input: CreateArtifactInput) {
  const name = input.artifactCollectionName ?? input.artifactCollectionNames?.[0]
  if (name === undefined)
    throw new RegistryError('request_invalid', 'Name the collection that the artifact belongs to.')
  if (input.digestAlgorithm === 'MANIFEST_XXH128')
    throw new RegistryError('request_invalid', 'Log the artifact with MD5 digests, not XXH128.')
  if (input.storageRegion !== undefined)
    throw new RegistryError(
      'request_invalid',
      `There is no storage region ${JSON.stringify(input.storageRegion)} here. Leave it out.`,
    )
  const created = await createDraft(call.app.registry, call.actor, {
    collection: { owner: await ownerNamed(call, input.entityName, input.projectName), name },
    artifactType: input.artifactTypeName,
    makeProject: true,
    clientKey: input.clientID ?? null,
    clientDigest: { kind: WANDB_DIGEST, value: input.digest },
    distributedKey: input.distributedID ?? null,
    aliases: (input.aliases ?? []).map(({ alias }) => alias),
    tags: (input.tags ?? []).map(({ tagName }) => tagName),
    metadata: input.metadata ?? null,
    description: input.description ?? null,
    ttlSeconds: readTtl(input.ttlDurationSeconds) ?? null,
    historyStep: input.historyStep ?? null,
    runName: input.runName ?? null,
  })
  const id = created.kind === 'draft' ? created.draft.id : created.version.id
  return { artifact: await call.artifacts.load(id) }
}

const MANIFEST_KINDS = { FULL: 'full', INCREMENTAL: 'incremental', PATCH: 'patch' } as const

export interface CreateManifestInput {
  readonly artifactID: string
  readonly baseArtifactID?: string
  readonly digest: string
  readonly type?: keyof typeof MANIFEST_KINDS
}

export async function createManifest(call: Call, input: CreateManifestInput) {
  const manifest = await createDraftManifest(call.app.registry, call.actor, {
    draftId: readNodeId('Artifact', input.artifactID),
    kind: MANIFEST_KINDS[input.type ?? 'FULL'],
    baseVersionId: await baseId(call, input.baseArtifactID),
    clientDigest: input.digest === '' ? null : input.digest,
  })
  return { artifactManifest: draftManifest(call, manifest) }
}

export interface UpdateManifestInput {
  readonly artifactManifestID: string
  readonly baseArtifactID?: string
  readonly digest?: string
}

export async function updateManifest(call: Call, input: UpdateManifestInput) {
  const manifest = await changeDraftManifest(call.app.registry, call.actor, {
    id: readNodeId('ArtifactManifest', input.artifactManifestID),
    baseVersionId: await baseId(call, input.baseArtifactID),
    clientDigest: input.digest || null,
  })
  return { artifactManifest: draftManifest(call, manifest) }
}

/** The version that a manifest adds to; an absorbed draft's id names what absorbed it. */
async function baseId(call: Call, id: string | undefined): Promise<string | null> {
  if (id === undefined) return null
  const artifact = await findArtifact(call, id)
  if (artifact?.kind !== 'version')
    throw new RegistryError('version_not_found', 'The artifact to add to is not there.')
  return artifact.version.id
}

function draftManifest(call: Call, manifest: DraftManifest): ManifestSource {
  return {
    id: nodeId('ArtifactManifest', manifest.id),
    digest: manifest.clientDigest,
    file: {
      ...toSend(manifest.draftId, manifest.id),
      name: 'wandb_manifest.json',
      uploadUrl: () =>
        call.app.links.url(
          { kind: 'upload-draft-manifest', manifestId: manifest.id },
          `wandb_artifacts/${manifest.draftId}/${manifest.id}/wandb_manifest.json`,
        ),
    },
  }
}

/** What is common to files of a draft that are not here yet. */
function toSend(draftId: string, name: string): FileSource {
  return {
    id: nodeId('File', draftId, name),
    name,
    downloadUrl: undefined,
    uploadUrl: null,
    uploadParts: null,
    storagePath: `wandb_artifacts/${draftId}/${name}`,
    size: 0,
    updatedAt: null,
    digest: null,
    md5: null,
    birthVersionId: draftId,
  }
}

export interface CreateFilesInput {
  readonly artifactFiles: readonly {
    readonly artifactID: string
    readonly name: string
    readonly md5: string
    readonly uploadPartsInput?: readonly SentPart[]
  }[]
}

/** Links for the files that are not here yet, by index of the request; none for those that are. */
export async function createArtifactFiles(call: Call, input: CreateFilesInput) {
  const [first] = input.artifactFiles
  if (first === undefined) return { files: { ...wholeList([]), totalCount: 0 } }
  if (input.artifactFiles.length > MAX_ENTRIES_PER_PAGE)
    throw new RegistryError('too_large', `Ask for at most ${MAX_ENTRIES_PER_PAGE} files at a time.`)
  const draftId = readNodeId('Artifact', first.artifactID)
  if (input.artifactFiles.some((file) => file.artifactID !== first.artifactID))
    throw new RegistryError('request_invalid', 'Ask for the files of one artifact at a time.')
  const held = await claimHeldBlobs(call.app.registry, call.actor, {
    draftId,
    md5s: [...new Set(input.artifactFiles.map((file) => file.md5))],
    room: new Map(
      input.artifactFiles.map((file) => [file.md5, roomForParts(file.uploadPartsInput ?? [])]),
    ),
  })
  let partsLeft = MAX_PARTS_PER_ANSWER
  const files = input.artifactFiles.map(({ name, md5, uploadPartsInput = [] }): FileSource => {
    const file = { ...toSend(draftId, hexOf(md5)), name, md5, digest: md5 }
    const there = held.get(md5)
    if (there !== undefined) return { ...file, birthVersionId: there.versionId }
    const parts = uploadPartsInput.length <= MAX_PARTS_PER_UPLOAD ? uploadPartsInput : []
    partsLeft -= parts.length
    return {
      ...file,
      uploadParts: partsLeft < 0 ? null : partLinks(call, { draftId, md5, parts }),
      uploadUrl: () =>
        call.app.links.url(
          { kind: 'upload-blob', draftId, digest: null, md5, size: null },
          `wandb_artifacts/${draftId}/${hexOf(md5)}`,
        ),
    }
  })
  return { files: { ...wholeList(files), totalCount: files.length } }
}

/** An artifact by the key that its maker's client gave it, committed or not. */
export async function clientIdMapping(
  call: Call,
  clientKey: string,
): Promise<{ readonly serverID: string } | null> {
  const found = await findDraft(call.app.registry, call.actor, { clientKey })
  return found === undefined ? null : { serverID: nodeId('Artifact', found.versionId ?? found.id) }
}
