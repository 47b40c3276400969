import { isPassing, pauseBefore, sleep } from '../backoff.ts'
import type { CallOptions, Client } from '../client.ts'
import { errorOf, type GreenroomError, isGreenroomError, unreachable } from '../greenroom-error.ts'
import { watchSilence } from '../silence.ts'
import type { Upload } from '../wire.ts'

/** For a byte to leave, and after the last one for the answer: the server syncs them first. */
export const SILENCE_MILLISECONDS = 120_000

/** Bytes that can be read from any place on, as often as it takes. */
export interface BlobSource {
  readonly digest: string
  readonly size: number
  /** All from `offset` on; `hasRead` hears how far it was read. */
  open(offset: number, hasRead: (position: number) => void): BodyInit
  /** All of it: asked of small ones only. */
  bytes(): Promise<Uint8Array<ArrayBuffer>>
}

export interface SendOptions extends CallOptions {
  /** Some of it may be there already, from an earlier attempt. */
  readonly mayBeResumed: boolean
  /** Whether the registry still asks for it: an answer may be lost when all is done. */
  readonly isMissing: (digest: string) => Promise<boolean>
  /** Hears how far it is; goes back when a connection breaks. */
  readonly hasSent: (position: number) => void
}

/**
 * Sends a blob through its upload link, and goes on where it stopped as often as the connection
 * breaks, while each attempt brings it further. Throws `GreenroomError`.
 */
export async function sendBlob(
  client: Client,
  upload: Upload,
  source: BlobSource,
  options: SendOptions,
): Promise<void> {
  const { signal, attempts = client.attempts, hasSent } = options
  let offset = options.mayBeResumed ? await offsetOf(client, upload, options) : 0
  for (let failed = 0, farthest = offset; ; ) {
    signal?.throwIfAborted()
    hasSent(offset)
    const sent = await sendFrom(client, upload, source, offset, options)
    if (sent === 'complete') return
    failed++
    const pause = pauseBefore(failed, sent.retryAfter)
    if (pause === undefined || failed >= attempts) throw sent.error
    await sleep(pause, signal)
    offset = await offsetOf(client, upload, options)
    // Whoever began anew, or has sent all, may have been told nothing of a success.
    if ((offset === 0 || offset === upload.size) && !(await options.isMissing(source.digest)))
      return
    // All of it is there, and yet it is asked for: nothing but the whole body ends that.
    if (offset === upload.size) offset = 0
    if (offset > farthest) failed = 0
    farthest = Math.max(farthest, offset)
  }
}

/** What ended an attempt, where another may go better. */
interface Refusal {
  readonly error: GreenroomError
  readonly retryAfter: string | null
}

/** `complete`, or what went wrong in passing. */
async function sendFrom(
  client: Client,
  { url, size }: Upload,
  source: BlobSource,
  offset: number,
  { signal, hasSent }: SendOptions,
): Promise<'complete' | Refusal> {
  const silence = watchSilence(SILENCE_MILLISECONDS, signal)
  const hasRead = (position: number) => {
    silence.heard()
    hasSent(position)
  }
  try {
    silence.heard()
    const response = await client.fetch(url, {
      method: 'PUT',
      body: source.open(offset, hasRead),
      signal: silence.signal,
      headers: {
        'content-length': String(size - offset),
        ...(size > 0 ? { 'content-range': `bytes ${offset}-${size - 1}/${size}` } : {}),
      },
      // What the fetch standard asks for where a body is a stream; its types lack it.
      ...{ duplex: 'half' },
    })
    if (response.status === 200) return 'complete'
    const error = await errorOf(response)
    // 202, or a part that begins elsewhere: another sender was there, too.
    const isBehind = response.ok || error.code === 'upload_incomplete'
    if (!isBehind && !isPassing(error)) throw error
    return { error, retryAfter: response.headers.get('retry-after') }
  } catch (thrown) {
    signal?.throwIfAborted()
    const { cause } = thrown as Error
    if (isGreenroomError(thrown)) throw thrown
    // The source itself failed: no further attempt mends it.
    if (isGreenroomError(cause)) throw cause
    return { error: unreachable(url, thrown), retryAfter: null }
  } finally {
    silence.end()
  }
}

/** How much of it the registry holds; who asks takes over from whoever was sending. */
async function offsetOf(
  client: Client,
  { url }: Upload,
  { signal, attempts = client.attempts }: CallOptions,
): Promise<number> {
  for (let made = 1; ; made++) {
    const refusal = await askOffset(client, url, signal)
    if (typeof refusal === 'number') return refusal
    const pause = pauseBefore(made, refusal.retryAfter)
    if (made >= attempts || pause === undefined || !isPassing(refusal.error)) throw refusal.error
    await sleep(pause, signal)
  }
}

async function askOffset(
  client: Client,
  url: string,
  signal: AbortSignal | undefined,
): Promise<number | Refusal> {
  const silence = watchSilence(SILENCE_MILLISECONDS, signal)
  silence.heard()
  try {
    const response = await client.fetch(url, { method: 'HEAD', signal: silence.signal })
    const offset = response.headers.get('upload-offset')
    if (response.ok && offset !== null) return Number(offset)
    return { error: await errorOf(response), retryAfter: response.headers.get('retry-after') }
  } catch (thrown) {
    signal?.throwIfAborted()
    return { error: unreachable(url, thrown), retryAfter: null }
  } finally {
    silence.end()
  }
}
