import { MAX_CONDEMNED_COUNT } from '../limits.ts'
import type { Actor } from '../model/actor.ts'
import type { Owner } from '../model/owner.ts'
import type { CollectionOutcome, OwnerStorage, StorageCount } from '../model/storage.ts'
import type { BlobCount, Registry } from '../registry.ts'
import { checkAdministrator } from './steps/accounts.ts'
import { readStorageNotes } from './steps/storage-notes.ts'

/** Counted up to `MAX_CONDEMNED_COUNT` blobs: then it is at least so much. */
export interface CondemnedCount extends BlobCount {
  readonly isMore: boolean
}

export interface StorageView {
  /** As the last collection of garbage counted it; null before the first one. */
  readonly count: (Omit<StorageCount, 'owners'> & { readonly owners: readonly OwnerView[] }) | null
  /** What nothing needs any more, as of now. */
  readonly condemned: CondemnedCount
  /** Of that, what a collection would remove now, since its grace is over. */
  readonly removable: CondemnedCount
  readonly lastCollection: CollectionOutcome | null
}

export interface OwnerView extends OwnerStorage {
  readonly owner: Owner
}

/**
 * What takes how much of the store, and what of it is garbage. All that grows with the store is
 * counted by the collections, every hour; a request reads what they noted. Throws `forbidden`.
 */
export async function getStorage(registry: Registry, actor: Actor): Promise<StorageView> {
  checkAdministrator(actor)
  const now = registry.now()
  return registry.metadata.read(async (tx) => {
    const { count, outcome } = await readStorageNotes(tx)
    const condemnedBefore = async (before: number): Promise<CondemnedCount> => {
      const found = await tx.garbage.countCondemned({ before, limit: MAX_CONDEMNED_COUNT })
      return { ...found, isMore: found.blobs === MAX_CONDEMNED_COUNT }
    }
    const found = await tx.owners.findMany(count?.owners.map(({ ownerId }) => ownerId) ?? [])
    const byId = new Map(found.map((owner) => [owner.id, owner]))
    return {
      count: count && {
        ...count,
        owners: count.owners.flatMap((line) => {
          const owner = byId.get(line.ownerId)
          return owner === undefined ? [] : [{ ...line, owner }]
        }),
      },
      condemned: await condemnedBefore(now),
      removable: await condemnedBefore(now - (outcome?.graceSeconds ?? 0) * 1_000_000),
      lastCollection: outcome,
    }
  })
}
