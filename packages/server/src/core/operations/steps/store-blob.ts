import { RegistryError } from '../../errors.ts'
import type { Blob } from '../../model/blob.ts'
import type { BlobRemoval, BlobStage, ExpectedBlob, Registry, Tx } from '../../registry.ts'
import { draftNotFound, prolongDraft } from './drafts.ts'

/** How bytes come in: the protocol feeds the stage and says whether everything has arrived. */
export interface IncomingBlob {
  /** Goes on with a paused upload of this id; without it the upload begins and ends here. */
  readonly stageId?: string
  readonly expected: ExpectedBlob
  /** Bytes that its sender says will come now. */
  readonly announced?: number
  /** Feeds the stage. `partial`: more will come under the same stage id. */
  readonly feed: (stage: BlobStage) => Promise<'complete' | 'partial'>
}

/** A smaller upload is not held up by the question: the disk answers it soon enough. */
const CHECKED_BYTES = 16 * 1024 * 1024

export type ReceivedBlob =
  | { readonly kind: 'complete'; readonly blob: Blob }
  | { readonly kind: 'partial'; readonly offset: number }

/**
 * Bytes first, facts last: the blob is durable before its row is written, and `record` writes what
 * makes it somebody's in the same transaction as the row.
 *
 * Throws `storage_full`, before a byte is taken where so many were announced that they cannot fit,
 * and `registry_unavailable` when garbage collection has just removed the very same bytes.
 */
export async function storeBlob(
  registry: Registry,
  incoming: IncomingBlob,
  record: (tx: Tx, blob: Blob) => Promise<void>,
): Promise<ReceivedBlob> {
  const { announced = 0 } = incoming
  if (announced > CHECKED_BYTES) await registry.blobs.checkRoom(announced)
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
  await recordBlob(registry, blob, record)
  return { kind: 'complete', blob }
}

/**
 * Writes the row of bytes that are in the store by now, and with it what `record` says.
 *
 * Garbage collection may have removed bytes just like these, and ours with them, while they had no
 * row. Once such a removal has ended nobody touches them any more, so that looking settles it.
 */
export async function recordBlob(
  registry: Registry,
  blob: Blob,
  record: (tx: Tx, blob: Blob) => Promise<void>,
): Promise<void> {
  let seen: BlobRemoval | undefined
  for (;;) {
    const known = seen
    const outcome = await registry.metadata.transaction(async (tx) => {
      const outcome = await tx.blobs.insert(blob, registry.now(), known)
      if (outcome === 'kept') await record(tx, blob)
      return outcome
    })
    if (outcome === 'kept') return
    if (outcome === 'removing' || (await registry.blobs.stat(blob.digest)) === undefined)
      throw new RegistryError(
        'registry_unavailable',
        'Bytes just like these were removed at this very moment. Send them again.',
      )
    seen = outcome
  }
}

/** As `recordBlob`, of blobs that came together: in one transaction, unless one needs a look. */
export async function recordBlobs(
  registry: Registry,
  blobs: readonly Blob[],
  record: (tx: Tx, ...blobs: readonly Blob[]) => Promise<void>,
): Promise<void> {
  const areKept = await registry.metadata.transaction(async (tx) => {
    if (!(await tx.blobs.insertAll(blobs, registry.now()))) return false
    await record(tx, ...blobs)
    return true
  })
  // A row that was kept without a record is nobody's yet, and is written again.
  if (!areKept) for (const blob of blobs) await recordBlob(registry, blob, record)
}

/** What makes blobs those of an open draft, and the draft's entity a holder. */
export function recordUpload(
  registry: Registry,
  to: { readonly draftId: string; readonly entityId: number },
): (tx: Tx, ...blobs: readonly Blob[]) => Promise<void> {
  return async (tx, ...blobs) => {
    const digests = blobs.map(({ digest }) => digest)
    await tx.blobs.hold(to.entityId, to.draftId, digests)
    await tx.blobs.recordUploads(to.draftId, digests)
    const draft = await tx.drafts.findById(to.draftId)
    if (draft === undefined || (await prolongDraft(tx, draft, registry.now())) === undefined)
      throw draftNotFound(to.draftId)
  }
}
