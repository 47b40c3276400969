import type { CallOptions, Client } from '../client.ts'
import { isGreenroomError } from '../greenroom-error.ts'
import type { CollectionName } from '../places.ts'
import { commitVersion, putDraftEntries } from '../routes/drafts.ts'
import { createVersion, isCommitted } from '../routes/versions.ts'
import type * as wire from '../wire.ts'
import type { BlobSource } from './send-blob.ts'
import { sendMissing } from './send-missing.ts'

/** What a version is to have besides its entries. */
export type VersionWishes = Omit<wire.NewVersion, 'entries' | 'moreEntries'>

/** An entry of a version to be logged, and for a file where its bytes are. */
export interface PlannedEntry {
  readonly entry: wire.NewEntry
  readonly source?: BlobSource
}

export interface LogOptions extends CallOptions {
  /** The draft may be there from an earlier attempt under the same `idempotencyKey`. */
  readonly mayBeResumed?: boolean
  /** Hears how many bytes have left, of how many that the registry has asked for so far. */
  readonly hasSent?: (sentBytes: number, wantedBytes: number) => void
}

export interface LoggedVersion extends wire.CommittedVersion {
  /** What was uploaded; what an earlier attempt had brought is no part of it. */
  readonly sentBytes: number
}

/** A body of REST takes 1 MiB, wishes and all. */
const MAX_ENTRIES_CHARACTERS = 256 * 1024
const MAX_ENTRIES_PER_CALL = 2_000
/** How often the bytes that a commit misses are sent once more: a blob may just have expired. */
const MAX_ROUNDS = 3

/**
 * Logs a version: its manifest, the blobs that the registry lacks, several at once, the commit.
 * Content that the collection has already gives that version, `created: false`. Throws
 * `GreenroomError`; what was sent until then is not lost to the next attempt under the same
 * `idempotencyKey`.
 */
export async function logVersion(
  client: Client,
  collection: CollectionName,
  wishes: VersionWishes,
  planned: readonly PlannedEntry[],
  options: LogOptions = {},
): Promise<LoggedVersion> {
  const { idempotencyKey, ...rest } = options
  const batches = [...batchesOf(planned)]
  const begun = await createVersion(
    client,
    collection,
    {
      ...wishes,
      entries: batches[0] ?? [],
      ...(batches.length > 1 ? { moreEntries: true } : {}),
    },
    options,
  )
  if (isCommitted(begun)) return { ...begun, sentBytes: 0 }
  for (const entries of batches.slice(1))
    await putDraftEntries(client, collection, begun.id, { entries }, rest)
  const sources = new Map(
    planned.flatMap(({ source }) => (source === undefined ? [] : [[source.digest, source]])),
  )
  let sentBytes = 0
  for (let round = 1; ; round++) {
    sentBytes += await sendMissing(client, { collection, id: begun.id }, sources, rest)
    try {
      return { ...(await commitVersion(client, collection, begun.id, rest)), sentBytes }
    } catch (error) {
      if (!isGreenroomError(error, 'blob_missing') || round === MAX_ROUNDS) throw error
    }
  }
}

function* batchesOf(planned: readonly PlannedEntry[]): Generator<wire.NewEntry[]> {
  let batch: wire.NewEntry[] = []
  let characters = 0
  for (const { entry } of planned) {
    const length = JSON.stringify(entry).length
    const isFull = batch.length === MAX_ENTRIES_PER_CALL
    if (isFull || (batch.length > 0 && characters + length > MAX_ENTRIES_CHARACTERS)) {
      yield batch
      batch = []
      characters = 0
    }
    batch.push(entry)
    characters += length
  }
  if (batch.length > 0) yield batch
}
