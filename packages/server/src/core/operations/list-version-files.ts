import { MAX_ENTRIES_PER_PAGE } from '../limits.ts'
import type { Actor } from '../model/actor.ts'
import { checkPageSize, type Page, pageOf } from '../model/page.ts'
import type { Registry } from '../registry.ts'
import { type VersionFile, viewFiles } from './steps/version-files.ts'
import { checkVisible } from './steps/visible-version.ts'

export type { VersionFile } from './steps/version-files.ts'

/**
 * The entries of a version by its id, in path order, each with its client digest, for whoever may
 * see one of its places. Throws `version_not_found`, `request_invalid`.
 */
export async function listVersionFiles(
  registry: Registry,
  actor: Actor,
  input: {
    readonly versionId: string
    /** Paths above this one. */
    readonly after: string
    readonly limit: number
  },
): Promise<Page<VersionFile, string>> {
  const { versionId, after, limit } = input
  checkPageSize(limit, MAX_ENTRIES_PER_PAGE)
  return registry.metadata.read(async (tx) => {
    await checkVisible(tx, actor, versionId, 'download')
    const rows = await tx.manifests.list({ versionId, after, limit: limit + 1 })
    const { items, next } = pageOf(rows, limit, (entry) => entry.path)
    return { items: await viewFiles(tx, items), next }
  })
}
