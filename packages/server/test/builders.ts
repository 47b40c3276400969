import type { Actor } from '../src/core/model/actor.ts'
import type { CollectionRef } from '../src/core/model/collection.ts'
import { digestOf } from '../src/core/model/digest.ts'
import type { ManifestEntry } from '../src/core/model/manifest.ts'
import { utf8Bytes } from '../src/core/model/names.ts'
import { type Committed, commitVersion } from '../src/core/operations/commit-version.ts'
import { createDraft } from '../src/core/operations/create-draft.ts'
import { type IncomingBlob, receiveBlob } from '../src/core/operations/receive-blob.ts'
import type { Registry } from '../src/core/registry.ts'

/** A collection of a project of the actor's own entity; nothing is made yet. */
export function collectionOf(actor: Actor, name = 'classifier', project = 'demo'): CollectionRef {
  return { owner: { kind: 'project', entityName: actor.username, name: project }, name }
}

/** An entry of a manifest for a file with this text. */
export function entryOf(path: string, text: string): ManifestEntry {
  const size = utf8Bytes(text).length
  return { path, digest: digestOf(text), size, reference: null, clientDigest: null, extra: null }
}

/** Feeds a stage with one piece that is all there is. */
export function feedOf(bytes: Uint8Array | string): IncomingBlob['feed'] {
  return async (stage) => {
    await stage.append(typeof bytes === 'string' ? utf8Bytes(bytes) : bytes)
    return 'complete'
  }
}

export interface VersionToAdd {
  /** Text by path. */
  readonly files: Readonly<Record<string, string>>
  readonly collection?: CollectionRef
  readonly aliases?: readonly string[]
  /** A JSON object as text. */
  readonly metadata?: string
}

/** A whole committed version: its draft, its bytes, its commit. The project is made on the way. */
export async function addVersion(
  registry: Registry,
  actor: Actor,
  { files, collection = collectionOf(actor), aliases = [], metadata = '{}' }: VersionToAdd,
): Promise<Committed> {
  const created = await createDraft(registry, actor, {
    collection,
    artifactType: 'model',
    makeProject: true,
    aliases,
    metadata,
    entries: Object.entries(files).map(([path, text]) => entryOf(path, text)),
    complete: true,
  })
  if (created.kind === 'version') return created
  const draftId = created.draft.id
  for (const text of Object.values(files))
    await receiveBlob(registry, { draftId, expected: {}, feed: feedOf(text) })
  return commitVersion(registry, actor, { draftId })
}
