import type { Actor } from '../model/actor.ts'
import type { ManifestEntry } from '../model/manifest.ts'
import type { Registry } from '../registry.ts'
import { checkVisible } from './steps/visible-version.ts'

/**
 * A file of a version by its client digest, or, where it has none, by the base64 MD5 of its bytes;
 * undefined when there is none. Throws `version_not_found` when the actor may see none of its
 * places.
 */
export async function findFileByClientDigest(
  registry: Registry,
  actor: Actor,
  input: { readonly versionId: string; readonly clientDigest: string },
): Promise<ManifestEntry | undefined> {
  const { versionId, clientDigest } = input
  return registry.metadata.read(async (tx) => {
    await checkVisible(tx, actor, versionId, 'download')
    const named = await tx.manifests.findByClientDigest(versionId, clientDigest)
    if (named !== undefined) return named
    for (const { digest } of await tx.blobs.findHeldByMd5('all', [clientDigest])) {
      const entry = await tx.manifests.findByDigest(versionId, digest)
      if (entry !== undefined) return entry
    }
    return undefined
  })
}
