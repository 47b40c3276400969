import { RegistryError } from '../errors.ts'
import { checkEntryPath } from '../model/names.ts'
import type { Registry } from '../registry.ts'
import { type IncomingBlob, type ReceivedBlob, storeBlob } from './steps/store-blob.ts'

/**
 * Takes a file that a run saved; the same name again replaces it.
 *
 * Throws `not_found`, `name_invalid`, `digest_mismatch`, and whatever `feed` throws.
 */
export async function receiveRunFile(
  registry: Registry,
  input: IncomingBlob & { readonly runId: number; readonly name: string },
): Promise<ReceivedBlob> {
  checkEntryPath(input.name)
  const run = await registry.metadata.read((tx) => tx.runs.findById(input.runId))
  if (run === undefined) throw runGone()
  return storeBlob(registry, input, async (tx, blob) => {
    // Deleted meanwhile: what is put there now would never go.
    if ((await tx.runs.lockById(run.id)) === undefined) throw runGone()
    await tx.runFiles.put({
      runId: run.id,
      name: input.name,
      digest: blob.digest,
      size: blob.size,
      md5: blob.md5,
      updatedAt: registry.now(),
    })
  })
}

function runGone(): RegistryError {
  return new RegistryError('not_found', 'The run of this link is gone.')
}
