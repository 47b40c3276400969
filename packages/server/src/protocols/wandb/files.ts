import { MAX_ENTRIES_PER_PAGE } from '../../core/limits.ts'
import type { RunFile } from '../../core/model/run.ts'
import type { Version } from '../../core/model/version.ts'
import { findVersionFiles } from '../../core/operations/find-version-files.ts'
import { listVersionFiles, type VersionFile } from '../../core/operations/list-version-files.ts'
import { connection, dateTime, keyAfter, type PageArguments, pageSize } from './answers.ts'
import type { Call, FieldResolvers } from './call.ts'
import { nodeId } from './node-ids.ts'

/** An upload in parts, by the form of GraphQL. */
export interface FileParts {
  readonly uploadID: string
  readonly uploadUrlParts: readonly { readonly partNumber: number; readonly uploadUrl: string }[]
}

/** A file of a version, of a run, or one that is about to be sent: what the `File` type shows. */
export interface FileSource {
  readonly id: string
  readonly name: string
  /** Absolute; for a reference what it points to. Undefined where there is nothing to read yet. */
  readonly downloadUrl: (() => string) | undefined
  /** Absolute, with a right of its own; null when the bytes are here already. */
  readonly uploadUrl: (() => string) | null
  /** Links for the parts of a large file; where there are any, the client takes them. */
  readonly uploadParts: (() => FileParts) | null
  /** The client sends it back, and takes only a place under `wandb_artifacts/` for one of ours. */
  readonly storagePath: string | null
  /** Bytes. */
  readonly size: number
  readonly updatedAt: number | null
  /** What the client calls its digest. */
  readonly digest: string | null
  readonly md5: string | null
  /** The version (or draft) through which the bytes came. */
  readonly birthVersionId: string | null
}

/** An entry of a version's manifest, with a link to its bytes. */
export function fileOfEntry(call: Call, version: Version, file: VersionFile): FileSource {
  const { entry, clientDigest } = file
  const { path } = entry
  const place = `wandb_artifacts/${version.id}/${hexOf(clientDigest)}`
  return {
    id: nodeId('File', version.id, path),
    name: path,
    downloadUrl: () =>
      entry.digest === null
        ? entry.reference
        : call.app.links.url(
            {
              kind: 'download-blob',
              versionId: version.id,
              digest: entry.digest,
              name: path.slice(path.lastIndexOf('/') + 1),
            },
            place,
          ),
    uploadUrl: null,
    uploadParts: null,
    storagePath: entry.digest === null ? null : place,
    size: entry.size ?? 0,
    updatedAt: version.createdAt,
    digest: clientDigest,
    md5: entry.digest === null ? null : clientDigest,
    birthVersionId: version.id,
  }
}

/** base64 as hex: the form that goes into paths. Total, since a reference's digest is any text. */
export function hexOf(base64: string): string {
  return Buffer.from(base64, 'base64').toString('hex')
}

export interface FileArguments extends PageArguments {
  readonly names?: readonly string[]
}

/** The manifest of a version as a list of files, references included; of these names, or all. */
export async function versionFiles(call: Call, version: Version, args: FileArguments) {
  const { registry } = call.app
  const paths = args.names ?? []
  const named =
    paths.length === 0
      ? undefined
      : await findVersionFiles(registry, call.actor, { versionId: version.id, paths })
  const page =
    named === undefined
      ? await listVersionFiles(registry, call.actor, {
          versionId: version.id,
          after: String(keyAfter('files', args) ?? ''),
          limit: pageSize(args, 50, MAX_ENTRIES_PER_PAGE),
        })
      : { items: named, next: null }
  return {
    ...(await connection(
      'files',
      page,
      (file) => file.entry.path,
      (file) => fileOfEntry(call, version, file),
    )),
    totalCount: named?.length ?? version.fileCount,
  }
}

/** A file that a run saved. */
export function fileOfRun(call: Call, file: RunFile): FileSource {
  return {
    id: nodeId('File', file.runId, file.name),
    name: file.name,
    downloadUrl: () =>
      call.app.links.url(
        {
          kind: 'download-blob',
          versionId: null,
          digest: file.digest,
          name: file.name.slice(file.name.lastIndexOf('/') + 1),
        },
        `runs/${file.runId}`,
      ),
    uploadUrl: null,
    uploadParts: null,
    storagePath: null,
    size: file.size,
    updatedAt: file.updatedAt,
    digest: file.md5,
    md5: file.md5,
    birthVersionId: null,
  }
}

export const FILE: FieldResolvers<FileSource> = {
  displayName: ({ name }) => name,
  url: (file, args: { upload?: boolean }) =>
    args.upload === true ? file.uploadUrl?.() : file.downloadUrl?.(),
  directUrl: ({ downloadUrl }) => downloadUrl?.() ?? '',
  uploadUrl: ({ uploadUrl }) => uploadUrl?.() ?? null,
  uploadHeaders: () => [],
  uploadMultipartUrls: ({ uploadParts }) => uploadParts?.() ?? null,
  sizeBytes: ({ size }) => size,
  mimetype: () => null,
  updatedAt: ({ updatedAt }) => (updatedAt === null ? null : dateTime(updatedAt)),
  artifact: ({ birthVersionId }, _args, call) =>
    birthVersionId === null ? null : call.artifacts.load(birthVersionId),
}
