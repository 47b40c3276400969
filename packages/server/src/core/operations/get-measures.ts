import { RegistryError } from '../errors.ts'
import type { Actor } from '../model/actor.ts'
import type { Registry } from '../registry.ts'
import { readStorageNotes } from './steps/storage-notes.ts'

/** What a monitor asks for every few seconds: nothing here is counted when it is asked. */
export interface Measures {
  /** Of the stream's newest event. */
  readonly revision: number
  /** As the last collection of garbage counted them; null before the first one. */
  readonly storedBlobs: number | null
  readonly storedBytes: number | null
}

/**
 * How far the installation is. For administrators, by however limited a token: a monitor needs no
 * key that may more. Throws `forbidden`.
 */
export async function getMeasures(registry: Registry, actor: Actor): Promise<Measures> {
  if (!actor.admin)
    throw new RegistryError('forbidden', 'Only administrators may see how the server does.')
  return registry.metadata.read(async (tx) => {
    const { revision } = await tx.events.head()
    const { count } = await readStorageNotes(tx)
    return {
      revision,
      storedBlobs: count?.blobs ?? null,
      storedBytes: count?.bytes ?? null,
    }
  })
}
