import { RegistryError } from '../../errors.ts'
import type { Blob } from '../../model/blob.ts'
import type { BlobStage, ExpectedBlob, Registry, Tx } from '../../registry.ts'

/** How bytes come in: the protocol feeds the stage and says whether everything has arrived. */
export interface IncomingBlob {
  /** Goes on with a paused upload of this id; without it the upload begins and ends here. */
  readonly stageId?: string
  readonly expected: ExpectedBlob
  /** Feeds the stage. `partial`: more will come under the same stage id. */
  readonly feed: (stage: BlobStage) => Promise<'complete' | 'partial'>
}

export type ReceivedBlob =
  | { readonly kind: 'complete'; readonly blob: Blob }
  | { readonly kind: 'partial'; readonly offset: number }

/**
 * Bytes first, facts last: the blob is durable before its row is written, and `record` writes what
 * makes it somebody's in the same transaction as the row.
 *
 * Throws `registry_unavailable` while garbage collection removes the very same bytes: these may be
 * taken away with the old ones, so they must be sent again.
 */
export async function storeBlob(
  registry: Registry,
  incoming: IncomingBlob,
  record: (tx: Tx, blob: Blob) => Promise<void>,
): Promise<ReceivedBlob> {
  const stage = await registry.blobs.stage(incoming.stageId)
  let blob: Blob
  try {
    if ((await incoming.feed(stage)) === 'partial') {
      const { offset } = stage
      await stage.pause()
      return { kind: 'partial', offset }
    }
    blob = await stage.commit(incoming.expected)
  } catch (error) {
    await (incoming.stageId === undefined ? stage.abort() : stage.pause())
    throw error
  }
  await registry.metadata.transaction(async (tx) => {
    if (!(await tx.blobs.insert(blob, registry.now())))
      throw new RegistryError(
        'registry_unavailable',
        'Bytes just like these are being removed at this moment. Send them again in a second.',
      )
    await record(tx, blob)
  })
  return { kind: 'complete', blob }
}
