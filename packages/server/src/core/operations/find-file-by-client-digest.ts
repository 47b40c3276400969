import type { Actor } from '../model/actor.ts'
import type { ManifestEntry } from '../model/manifest.ts'
import type { Registry } from '../registry.ts'
import { checkVisible } from './steps/visible-version.ts'

/**
 * The first entry of a version with this client digest, or undefined. Throws `version_not_found`
 * when the actor may see none of its places.
 */
export async function findFileByClientDigest(
  registry: Registry,
  actor: Actor,
  input: { readonly versionId: string; readonly clientDigest: string },
): Promise<ManifestEntry | undefined> {
  return registry.metadata.read(async (tx) => {
    await checkVisible(tx, actor, input.versionId)
    return tx.manifests.findByClientDigest(input.versionId, input.clientDigest)
  })
}
