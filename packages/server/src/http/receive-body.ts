import type { Readable } from 'node:stream'
import { RegistryError } from '../core/errors.ts'
import type { BlobStage } from '../core/registry.ts'

/** After a refusal the rest of a body is let in unread for so long, then the connection is cut. */
const DISCARD_MILLISECONDS = 5_000

/** The part of an upload that a body is. */
export interface BodyRange {
  readonly first: number
  /** Inclusive. */
  readonly last: number
  /** Bytes of the whole upload; undefined while its sender does not know. */
  readonly total: number | undefined
}

export interface BodyBounds {
  /** From `Content-Range`; undefined when the body is the whole upload. */
  readonly range: BodyRange | undefined
  /** Of the whole upload. */
  readonly maxBytes: number
}

const CONTENT_RANGE = /^bytes (\d{1,15})-(\d{1,15})\/(?:(\d{1,15})|\*)$/

const ALL_SENT = /^bytes \*\/(\d{1,15})$/

/**
 * `Content-Range: bytes a-b/total` or `a-b/*` of a PUT; `bytes *\/total` says that all was sent and
 * only the answer was lost, and comes as the empty range at the end. Throws `request_invalid`.
 */
export function parseContentRange(header: string | undefined): BodyRange | undefined {
  if (header === undefined) return undefined
  const sent = ALL_SENT.exec(header)?.[1]
  if (sent !== undefined)
    return { first: Number(sent), last: Number(sent) - 1, total: Number(sent) }
  const [, first, last, total] = CONTENT_RANGE.exec(header) ?? []
  const range = {
    first: Number(first),
    last: Number(last),
    total: total === undefined ? undefined : Number(total),
  }
  if (range.first <= range.last && range.last < (range.total ?? Infinity)) return range
  throw new RegistryError(
    'request_invalid',
    'Content-Range is "bytes <first>-<last>/<total>", with last inclusive and below total.',
    { contentRange: header.slice(0, 100) },
  )
}

/**
 * Feeds a stage with the body of a request, no faster than the stage takes it. `complete`: the last
 * byte of the upload has come; `partial`: more will come in later requests.
 *
 * Throws `upload_incomplete` when the connection broke, or with the `offset` to go on from when the
 * part begins elsewhere; `too_large`, `request_invalid`, and what the stage throws. The stage stays
 * open: its owner pauses or aborts it. The caller can still answer, since the rest of the body is
 * let in unread for a while.
 */
export async function receiveBody(
  body: Readable,
  stage: BlobStage,
  bounds: BodyBounds,
): Promise<'complete' | 'partial'> {
  try {
    checkBegin(stage.offset, bounds)
    await pump(body, stage, bounds)
  } catch (error) {
    discardRest(body)
    throw error
  }
  const { range } = bounds
  return range === undefined || range.last + 1 === range.total ? 'complete' : 'partial'
}

/** A whole body in memory. Throws `too_large`, `upload_incomplete` when the connection broke. */
export async function readBody(body: Readable, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = []
  let size = 0
  try {
    for await (const chunk of chunksOf(body)) {
      size += chunk.length
      if (size > maxBytes) throw tooLarge(maxBytes)
      chunks.push(chunk)
    }
  } catch (error) {
    discardRest(body)
    throw error
  }
  return Buffer.concat(chunks)
}

function checkBegin(offset: number, { range, maxBytes }: BodyBounds): void {
  const first = range?.first ?? 0
  if (Math.max(range?.total ?? 0, (range?.last ?? -1) + 1) > maxBytes) throw tooLarge(maxBytes)
  if (first !== offset)
    throw new RegistryError(
      'upload_incomplete',
      `${offset} bytes of this upload are here; send those from ${offset} on, not from ${first}.`,
      { offset },
    )
}

async function pump(body: Readable, stage: BlobStage, bounds: BodyBounds): Promise<void> {
  const { range, maxBytes } = bounds
  const end = range === undefined ? maxBytes : range.last + 1
  let at = stage.offset
  for await (const chunk of chunksOf(body)) {
    at += chunk.length
    if (at > end) throw range === undefined ? tooLarge(maxBytes) : notAsAnnounced()
    await stage.append(chunk)
  }
  if (range !== undefined && at < end) throw notAsAnnounced()
}

/** What arrives, without closing the connection when the reader stops: it must still answer. */
async function* chunksOf(body: Readable): AsyncGenerator<Buffer> {
  try {
    yield* body.iterator({ destroyOnReturn: false })
  } catch (error) {
    throw new RegistryError(
      'upload_incomplete',
      'The connection broke before the whole body had come.',
      {},
      { cause: error },
    )
  }
}

/** A client that is told of a refusal only after its whole body would never hear of it. */
export function discardRest(body: Readable): void {
  if (body.destroyed || body.readableEnded || body.readableFlowing === true) return
  const timer = setTimeout(() => body.destroy(), DISCARD_MILLISECONDS)
  timer.unref()
  body.once('close', () => clearTimeout(timer))
  body.on('error', () => {})
  body.resume()
}

function tooLarge(maxBytes: number): RegistryError {
  return new RegistryError('too_large', `At most ${maxBytes} bytes are taken here.`, { maxBytes })
}

function notAsAnnounced(): RegistryError {
  return new RegistryError(
    'request_invalid',
    'The body has more or fewer bytes than its Content-Range says.',
  )
}
