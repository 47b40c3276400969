import { RegistryError } from '../errors.ts'
import type { Actor } from '../model/actor.ts'
import type { Blob } from '../model/blob.ts'
import type { CollectionRef } from '../model/collection.ts'
import type { ManifestEntry } from '../model/manifest.ts'
import type { Selector } from '../model/ref.ts'
import type { Registry } from '../registry.ts'
import { resolveIn } from './resolve.ts'
import { getBlob } from './steps/blobs.ts'
import { getCollectionOf } from './steps/collections.ts'

/** A path of a version: the bytes that stand behind it, or null where it is a reference. */
export interface OpenedFile {
  readonly entry: ManifestEntry
  readonly blob: Blob | null
}

/** Throws what `resolve` throws, and `not_found` for a path that the version does not have. */
export async function openFile(
  registry: Registry,
  actor: Actor,
  input: {
    readonly collection: CollectionRef
    readonly selector: Selector
    readonly path: string
  },
): Promise<OpenedFile> {
  return registry.metadata.read(async (tx) => {
    const { owner, collection } = await getCollectionOf(tx, actor, input.collection, 'download')
    const { version } = await resolveIn(tx, owner, collection, { selector: input.selector })
    const entry = await tx.manifests.find(version.id, input.path)
    if (entry === undefined)
      throw new RegistryError(
        'not_found',
        `This version has no file ${JSON.stringify(input.path)}. List its files first.`,
        { path: input.path },
      )
    if (entry.digest === null) return { entry, blob: null }
    return { entry, blob: await getBlob(tx, entry.digest) }
  })
}
