import { RegistryError } from '../errors.ts'
import { MAX_ENTRIES_PER_PAGE } from '../limits.ts'
import { type Page, pageOf } from '../model/page.ts'
import type { Registry } from '../registry.ts'
import { type VersionFile, viewFiles } from './steps/version-files.ts'

/**
 * A page of the manifest that a signed link names: the right was decided when the link was made,
 * but a version that was deleted or quarantined since is refused.
 *
 * Throws `version_not_found`, `version_deleted`, `version_quarantined`.
 */
export async function openManifest(
  registry: Registry,
  input: { readonly versionId: string; readonly after: string },
): Promise<Page<VersionFile, string>> {
  const { versionId, after } = input
  return registry.metadata.read(async (tx) => {
    const version = await tx.versions.findById(versionId)
    if (version === undefined)
      throw new RegistryError('version_not_found', 'The version of this link is gone.')
    if (version.state === 'deleted')
      throw new RegistryError('version_deleted', 'The version of this link was deleted.')
    if (version.state === 'quarantined')
      throw new RegistryError(
        'version_quarantined',
        `The version of this link is quarantined: ${version.stateReason ?? 'no reason given'}.`,
        { reason: version.stateReason },
      )
    const rows = await tx.manifests.list({ versionId, after, limit: MAX_ENTRIES_PER_PAGE + 1 })
    const { items, next } = pageOf(rows, MAX_ENTRIES_PER_PAGE, (entry) => entry.path)
    return { items: await viewFiles(tx, items), next }
  })
}
