import { MAX_ENTRIES_PER_PAGE } from '../limits.ts'
import type { Actor } from '../model/actor.ts'
import type { ManifestEntry } from '../model/manifest.ts'
import { checkPageSize, type Page, pageOf } from '../model/page.ts'
import type { Registry } from '../registry.ts'
import { checkVisible } from './steps/visible-version.ts'

/**
 * The manifest of a version by its id, in path order, for whoever may see one of its places.
 * Throws `version_not_found`, `request_invalid`.
 */
export async function listVersionEntries(
  registry: Registry,
  actor: Actor,
  input: { readonly versionId: string; readonly after: string; readonly limit: number },
): Promise<Page<ManifestEntry, string>> {
  checkPageSize(input.limit, MAX_ENTRIES_PER_PAGE)
  return registry.metadata.read(async (tx) => {
    await checkVisible(tx, actor, input.versionId)
    const { versionId, after, limit } = input
    const rows = await tx.manifests.list({ versionId, after, limit: limit + 1 })
    return pageOf(rows, limit, (entry) => entry.path)
  })
}
