import type { CollectionOutcome, StorageCount } from '../../model/storage.ts'
import type { ReadTx, Registry } from '../../registry.ts'

// What a collection found and did is kept as two settings: nothing is ever looked up in them.
const COUNT = 'storage.count'
const OUTCOME = 'storage.collection'

export interface StorageNotes {
  readonly count: StorageCount | null
  readonly outcome: CollectionOutcome | null
}

export async function keepStorageNotes(
  registry: Registry,
  count: StorageCount,
  outcome: CollectionOutcome,
): Promise<void> {
  await registry.metadata.transaction(async (tx) => {
    await tx.settings.put(COUNT, JSON.stringify(count))
    await tx.settings.put(OUTCOME, JSON.stringify(outcome))
  })
}

export async function readStorageNotes(tx: ReadTx): Promise<StorageNotes> {
  const count = await tx.settings.find(COUNT)
  const outcome = await tx.settings.find(OUTCOME)
  return {
    count: count === undefined ? null : (JSON.parse(count) as StorageCount),
    outcome: outcome === undefined ? null : (JSON.parse(outcome) as CollectionOutcome),
  }
}
