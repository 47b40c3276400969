import { MAX_ENTRIES_PER_PAGE } from '../limits.ts'
import type { Actor } from '../model/actor.ts'
import type { Collection, CollectionRef, Membership } from '../model/collection.ts'
import type { ManifestEntry } from '../model/manifest.ts'
import { checkPageSize, type Page, pageOf } from '../model/page.ts'
import type { Selector } from '../model/ref.ts'
import type { Version } from '../model/version.ts'
import type { Registry } from '../registry.ts'
import { resolveIn } from './resolve.ts'
import { getCollectionOf } from './steps/collections.ts'

export interface EntriesPage {
  readonly collection: Collection
  readonly membership: Membership
  readonly version: Version
  readonly page: Page<ManifestEntry, string>
}

/** A version's manifest in path order. Throws what `resolve` throws. */
export async function listEntries(
  registry: Registry,
  actor: Actor,
  input: {
    readonly collection: CollectionRef
    readonly selector: Selector
    /** Paths above this one. */
    readonly after: string
    readonly limit: number
  },
): Promise<EntriesPage> {
  checkPageSize(input.limit, MAX_ENTRIES_PER_PAGE)
  return registry.metadata.read(async (tx) => {
    const { owner, collection } = await getCollectionOf(tx, actor, input.collection, 'read')
    const placed = await resolveIn(tx, owner, collection, { selector: input.selector })
    const { after, limit } = input
    const versionId = placed.version.id
    const rows = await tx.manifests.list({ versionId, after, limit: limit + 1 })
    const page = pageOf(rows, limit, (entry) => entry.path)
    return { collection, membership: placed.membership, version: placed.version, page }
  })
}
