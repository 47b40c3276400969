import { MAX_ITEMS_PER_PAGE } from '../../core/limits.ts'
import type { Version } from '../../core/model/version.ts'
import type { ArtifactView, DraftArtifactView } from '../../core/operations/find-artifacts.ts'
import { listRunsOfVersion } from '../../core/operations/list-runs-of-version.ts'
import type { Member } from '../../core/operations/list-versions.ts'
import { dateTime, type PageArguments, pageSize, wholeList } from './answers.ts'
import type { Call, FieldResolvers } from './call.ts'
import {
  type AliasSource,
  type ArtifactTypeSource,
  type CollectionSource,
  collectionSource,
  findCollection,
  tagNode,
} from './collections.ts'
import { type FileArguments, type FileSource, versionFiles } from './files.ts'
import { nodeId, readNodeId } from './node-ids.ts'
import { runSource } from './runs.ts'

export type ArtifactSource = ArtifactView | DraftArtifactView

/** The client's words for time to live: -2 is none, -1 (only in inputs) what the parent says. */
const NO_TTL_SECONDS = -2
const INHERITED_TTL_SECONDS = -1

/** What the client sends as time to live, in the registry's terms; undefined changes nothing. */
export function readTtl(seconds: number | undefined): number | null | undefined {
  return seconds === INHERITED_TTL_SECONDS ? null : seconds
}

/** An artifact by the client's id for it: a version, or the asker's own draft. */
export async function findArtifact(call: Call, id: string): Promise<ArtifactSource | null> {
  return (await call.artifacts.load(readNodeId('Artifact', id))) ?? null
}

export function artifactId(artifact: ArtifactSource): string {
  return artifact.kind === 'draft' ? artifact.draft.id : artifact.version.id
}

function attributes(
  artifact: ArtifactSource,
): Pick<Version, 'createdAt' | 'description' | 'historyStep' | 'metadata' | 'tags' | 'ttlSeconds'> {
  return artifact.kind === 'draft' ? artifact.draft : artifact.version
}

/** Where an artifact was, or will be, committed. */
async function sequenceOf(artifact: ArtifactSource, call: Call): Promise<CollectionSource> {
  if (artifact.kind === 'version')
    return artifact.source === null
      ? { owner: null, name: '', artifactType: '', collection: null }
      : collectionSource(artifact.source.owner, artifact.source.collection)
  const { draft, owner } = artifact
  const { collectionName: name, artifactType } = draft
  const found = await findCollection(call, owner, name)
  return found ?? { owner, name, artifactType, collection: null }
}

/** Where the source is out of sight, a place that can be seen tells the type. */
function typeOf(artifact: ArtifactSource): ArtifactTypeSource {
  if (artifact.kind === 'draft') return { owner: artifact.owner, name: artifact.draft.artifactType }
  const place = artifact.source ?? artifact.places[0]
  return { owner: place?.owner ?? null, name: place?.collection.artifactType ?? '' }
}

export const ARTIFACT: FieldResolvers<ArtifactSource> = {
  id: (artifact) => nodeId('Artifact', artifactId(artifact)),
  artifactSequence: (artifact, _args, call) => sequenceOf(artifact, call),
  artifactType: (artifact) => typeOf(artifact),
  versionIndex: (artifact) => (artifact.kind === 'draft' ? null : artifact.version.sourceIndex),
  description: (artifact) => attributes(artifact).description,
  metadata: (artifact) => attributes(artifact).metadata,
  ttlDurationSeconds: (artifact) => attributes(artifact).ttlSeconds ?? NO_TTL_SECONDS,
  ttlIsInherited: (artifact) => attributes(artifact).ttlSeconds === null,
  tags: (artifact) => attributes(artifact).tags.map(tagNode),
  historyStep: (artifact) => attributes(artifact).historyStep,
  state: (artifact) => {
    if (artifact.kind === 'draft') return 'PENDING'
    return artifact.version.state === 'deleted' ? 'DELETED' : 'COMMITTED'
  },
  size: (artifact) => (artifact.kind === 'draft' ? 0 : artifact.version.size),
  storageBytes: (artifact) => (artifact.kind === 'draft' ? 0 : artifact.version.size),
  digest: (artifact) =>
    artifact.kind === 'draft'
      ? (artifact.draft.clientDigest?.value ?? '')
      : digestOfVersion(artifact.version),
  digestAlgorithm: () => 'MANIFEST_MD5',
  // What the client shows as the version's unique name.
  commitHash: (artifact) => artifactId(artifact),
  fileCount: (artifact) => (artifact.kind === 'draft' ? 0 : artifact.version.fileCount),
  createdAt: (artifact) => dateTime(attributes(artifact).createdAt),
  updatedAt: (artifact) =>
    artifact.kind === 'draft' ? null : dateTime(artifact.version.updatedAt),
  aliases: (artifact) =>
    artifact.kind === 'draft'
      ? []
      : artifact.places.flatMap(({ owner, collection, aliases }) =>
          aliases.map((alias): AliasSource => ({ alias, in: collectionSource(owner, collection) })),
        ),
  artifactMemberships: (artifact) =>
    wholeList(
      artifact.kind === 'draft'
        ? []
        : artifact.places.map((place): Member => ({ ...place, version: artifact.version })),
    ),
  currentManifest: (artifact, _args, call) =>
    artifact.kind === 'draft' ? null : manifestOfVersion(call, artifact.version),
  createdBy: async (artifact, _args, call) => {
    const { runId } = artifact.kind === 'draft' ? artifact.draft : artifact.version
    const run = runId === null ? undefined : await call.runs.load(runId)
    return run === undefined ? { type: 'User' } : runSource(run)
  },
  usedBy: async (artifact, args: PageArguments, call) => {
    if (artifact.kind === 'draft') return wholeList([])
    const runs = await listRunsOfVersion(call.app.registry, call.actor, {
      versionId: artifact.version.id,
      direction: 'input',
      limit: pageSize(args, MAX_ITEMS_PER_PAGE),
    })
    return wholeList(runs.map(runSource))
  },
  filesByManifestEntries: (
    artifact,
    args: PageArguments & { readonly entries?: readonly { readonly name: string }[] },
    call,
  ) => {
    if (artifact.kind === 'draft') return null
    const names = (args.entries ?? []).map((entry) => entry.name)
    return versionFiles(call, artifact.version, { ...args, names })
  },
}

/** wandb's own digest where the version came through its client; else ours, without its prefix. */
function digestOfVersion(version: Version): string {
  return version.clientDigest?.value ?? version.digest.slice('sha256:'.length)
}

export const MEMBERSHIP: FieldResolvers<Member> = {
  id: ({ membership }) =>
    nodeId('ArtifactCollectionMembership', membership.collectionId, membership.index),
  versionIndex: ({ membership }) => membership.index,
  createdAt: ({ membership }) => dateTime(membership.createdAt),
  aliases: ({ owner, collection, aliases }) =>
    aliases.map((alias): AliasSource => ({ alias, in: collectionSource(owner, collection) })),
  artifactCollection: ({ owner, collection }) => collectionSource(owner, collection),
  artifact: ({ version }, _args, call) => call.artifacts.load(version.id),
  files: ({ version }, args: FileArguments, call) => versionFiles(call, version, args),
}

/** A manifest file: one that is served of a version, or one that a draft's maker shall send. */
export interface ManifestSource {
  readonly id: string
  readonly digest: string | null
  readonly file: FileSource
}

function manifestOfVersion(call: Call, version: Version): ManifestSource {
  return {
    id: nodeId('ArtifactManifest', version.id),
    digest: digestOfVersion(version),
    file: {
      id: nodeId('File', version.id, 'wandb_manifest.json'),
      name: 'wandb_manifest.json',
      downloadUrl: () => {
        const signed = call.app.links.sign({ kind: 'download-manifest', versionId: version.id })
        return `${call.app.publicUrl}/artifacts/manifest/${signed}/wandb_manifest.json`
      },
      uploadUrl: null,
      uploadParts: null,
      storagePath: null,
      size: 0,
      updatedAt: version.createdAt,
      digest: null,
      md5: null,
      birthVersionId: version.id,
    },
  }
}
