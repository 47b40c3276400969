import type { Actor } from '../model/actor.ts'
import type { Registry } from '../registry.ts'
import { type VersionFile, viewFiles } from './steps/version-files.ts'
import { checkVisible } from './steps/visible-version.ts'

/**
 * Of these paths of a version those that it has, for whoever may see one of its places. Throws
 * `version_not_found`.
 */
export async function findVersionFiles(
  registry: Registry,
  actor: Actor,
  input: { readonly versionId: string; readonly paths: readonly string[] },
): Promise<readonly VersionFile[]> {
  return registry.metadata.read(async (tx) => {
    await checkVisible(tx, actor, input.versionId, 'download')
    return viewFiles(tx, await tx.manifests.findMany(input.versionId, input.paths))
  })
}
