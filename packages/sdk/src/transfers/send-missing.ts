import type { Client } from '../client.ts'
import { eachOf } from '../each-of.ts'
import { GreenroomError } from '../greenroom-error.ts'
import { pages } from '../pages.ts'
import type { CollectionName } from '../places.ts'
import { getDraft } from '../routes/drafts.ts'
import type * as wire from '../wire.ts'
import type { LogOptions } from './log-version.ts'
import { sendBatch, uploadBatches } from './send-batch.ts'
import { type BlobSource, sendBlob } from './send-blob.ts'

/** They wait for the registry's disk more than for anything else. */
const UPLOADS_AT_ONCE = 16
const UPLOADS_PER_PAGE = 1_000

export interface DraftName {
  readonly collection: CollectionName
  readonly id: string
}

/**
 * Sends what a draft lacks: small blobs together, several requests at once. Gives how many bytes
 * were sent, without what an earlier attempt had brought. Throws `GreenroomError`.
 */
export async function sendMissing(
  client: Client,
  { collection, id }: DraftName,
  sources: ReadonlyMap<string, BlobSource>,
  { hasSent = () => {}, mayBeResumed = false, ...options }: LogOptions,
): Promise<number> {
  const draftPages = () =>
    pages(async ({ cursor }) => {
      const {
        uploads: items,
        batchUrl,
        next,
      } = await getDraft(client, collection, id, { limit: UPLOADS_PER_PAGE, cursor }, options)
      return { items, batchUrl, next }
    })
  const isMissing = async (digest: string) => {
    for await (const { items } of draftPages())
      if (items.some((upload) => upload.digest === digest)) return true
    return false
  }
  let sentBytes = 0
  /** Of these, what an earlier attempt had brought. */
  let resumedBytes = 0
  let wantedBytes = 0
  let batchUrl = ''
  const uploadPages = async function* () {
    for await (const page of draftPages()) {
      batchUrl = page.batchUrl
      wantedBytes += page.items.reduce((sum, { size }) => sum + size, 0)
      yield page.items
    }
  }
  const sourceOf = (upload: wire.Upload) => sources.get(upload.digest) ?? unknownBlob(upload)
  const sendAlone = async (upload: wire.Upload, signal: AbortSignal) => {
    let position: number | undefined
    await sendBlob(client, upload, sourceOf(upload), {
      ...options,
      signal,
      mayBeResumed,
      isMissing,
      hasSent(now) {
        if (position === undefined) resumedBytes += now
        sentBytes += now - (position ?? 0)
        position = now
        hasSent(sentBytes, wantedBytes)
      },
    })
    sentBytes += upload.size - (position ?? 0)
    hasSent(sentBytes, wantedBytes)
  }
  await eachOf(
    uploadBatches(uploadPages()),
    UPLOADS_AT_ONCE,
    options.signal,
    async (batch, signal) => {
      const sent =
        batch.length > 1 && (await sendBatch(client, batchUrl, batch.map(sourceOf), { signal }))
      if (!sent) for (const upload of batch) await sendAlone(upload, signal)
      else {
        sentBytes += batch.reduce((sum, { size }) => sum + size, 0)
        hasSent(sentBytes, wantedBytes)
      }
    },
  )
  return sentBytes - resumedBytes
}

function unknownBlob({ digest }: wire.Upload): never {
  throw new GreenroomError(
    'blob_missing',
    `The registry asks for ${digest}, which is no part of what is being logged.`,
    { details: { digest } },
  )
}
