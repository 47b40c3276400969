import { RegistryError } from '../errors.ts'
import type { Blob } from '../model/blob.ts'
import type { ContentDigest } from '../model/digest.ts'
import type { Registry } from '../registry.ts'
import { getBlob } from './steps/blobs.ts'

/**
 * The blob that a signed link of a version or run names: the right was decided when the link was
 * made, but a version that was deleted or quarantined since is refused.
 *
 * Throws `version_deleted`, `version_quarantined`, `blob_missing`.
 */
export async function openBlob(
  registry: Registry,
  input: { readonly versionId: string | null; readonly digest: ContentDigest },
): Promise<Blob> {
  return registry.metadata.read(async (tx) => {
    const version =
      input.versionId === null ? undefined : await tx.versions.findById(input.versionId)
    if (version?.state === 'deleted')
      throw new RegistryError('version_deleted', 'The version of this link was deleted.')
    if (version?.state === 'quarantined')
      throw new RegistryError(
        'version_quarantined',
        `The version of this link is quarantined: ${version.stateReason ?? 'no reason given'}.`,
        { reason: version.stateReason },
      )
    return getBlob(tx, input.digest)
  })
}
