import type { IncomingHttpHeaders, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { isRegistryError, RegistryError } from '../core/errors.ts'
import type { Blob, ByteRange } from '../core/model/blob.ts'
import type { ContentDigest } from '../core/model/digest.ts'
import { BlobCorrupt } from '../core/registry.ts'

type Sink = (chunk: Uint8Array) => Promise<void>

export interface BytesToSend {
  readonly blob: Pick<Blob, 'digest' | 'size'>
  /** What a browser saves it as; only what stands behind its last slash counts. */
  readonly fileName: string
  /** Lends the checked bytes of a range (null: all) to `sink`, as the core's `sendBlob` does. */
  readonly send: (range: ByteRange | null, sink: Sink) => Promise<void>
  /** Told when stored bytes are no longer what was committed. */
  readonly onCorrupt: (digest: ContentDigest) => void
}

/**
 * Answers a GET or HEAD with a blob: ranges, conditions, and headers with which a browser saves the
 * bytes and never shows them.
 *
 * Throws `range_not_satisfiable` (`Content-Range` is then on the reply already) and whatever `send`
 * throws before its first byte. After that the status is gone: a failure breaks the connection, so
 * that nobody takes a part for the whole. A reader who goes away ends the reading, and is no error.
 */
export async function sendBytes(
  request: FastifyRequest,
  reply: FastifyReply,
  bytes: BytesToSend,
): Promise<void> {
  const answer = answerOrRefuse(request, reply, bytes)
  const begin = () => {
    const headers = reply.headers(answer.headers).hijack().getHeaders()
    for (const [name, value] of Object.entries(headers)) {
      if (value !== undefined) reply.raw.setHeader(name, value)
    }
    reply.raw.writeHead(answer.status)
  }
  try {
    const send = (sink: Sink) => bytes.send(answer.range, sink)
    if (answer.body) await streamBytes(request.raw.socket, reply.raw, begin, send)
    if (!reply.raw.headersSent) begin()
    reply.raw.end()
  } catch (error) {
    if (error instanceof ReaderGone) {
      reply.hijack()
      return
    }
    if (error instanceof BlobCorrupt) bytes.onCorrupt(error.digest)
    if (!reply.raw.headersSent) throw error
    reply.raw.destroy()
    request.log.error({ err: error }, 'a download was broken off')
  }
}

/** The reader closed the connection. */
class ReaderGone extends Error {
  override readonly name = 'ReaderGone'
}

/** Writes what `send` lends, and gives it back when the kernel has it; `begin` sends the head. */
async function streamBytes(
  socket: Socket,
  raw: ServerResponse,
  begin: () => void,
  send: (sink: Sink) => Promise<void>,
): Promise<void> {
  let whenGone = () => {}
  const gone = new Promise<never>((_, reject) => {
    whenGone = () => reject(new ReaderGone())
  })
  gone.catch(() => {})
  socket.once('close', whenGone)
  try {
    await send(async (chunk) => {
      if (socket.destroyed) throw new ReaderGone()
      if (!raw.headersSent) begin()
      const written = new Promise<void>((resolve, reject) => {
        raw.write(chunk, (error) => (error ? reject(new ReaderGone()) : resolve()))
      })
      // A pipelined response whose turn never came calls back no write when the socket closes.
      await Promise.race([written, gone])
    })
  } finally {
    socket.off('close', whenGone)
  }
}

// ---------- the head: what to answer to which request ----------

export interface AskedBytes {
  readonly method: string
  readonly headers: IncomingHttpHeaders
}

export interface ByteAnswer {
  readonly status: 200 | 206 | 304
  readonly headers: Readonly<Record<string, string>>
  /** Null is the whole blob. */
  readonly range: ByteRange | null
  readonly body: boolean
}

/** Conditions first, then the range: RFC 9110, section 13.2.2. Throws `range_not_satisfiable`. */
export function answerFor(
  asked: AskedBytes,
  blob: Pick<Blob, 'digest' | 'size'>,
  fileName: string,
): ByteAnswer {
  const etag = etagOf(blob.digest)
  const common = { etag, 'accept-ranges': 'bytes' }
  if (matchesETag(asked.headers['if-none-match'], etag))
    return { status: 304, headers: common, range: null, body: false }
  const range = isRangeAsked(asked, etag) ? parseRange(asked.headers.range ?? '', blob.size) : null
  const length = range === null ? blob.size : range.last - range.first + 1
  const headers = {
    ...common,
    'content-type': 'application/octet-stream',
    'content-length': String(length),
    'content-disposition': attachment(fileName),
    'content-security-policy': "sandbox; default-src 'none'",
    'x-content-type-options': 'nosniff',
  }
  const body = asked.method === 'GET'
  if (range === null) return { status: 200, headers, range, body }
  const contentRange = `bytes ${range.first}-${range.last}/${blob.size}`
  return { status: 206, headers: { ...headers, 'content-range': contentRange }, range, body }
}

/** A strong validator: the SHA-256 in hex, which the Hub's clients use as a file name. */
export function etagOf(digest: ContentDigest): string {
  return `"${digest.slice('sha256:'.length)}"`
}

/** `If-None-Match`: compared weakly, as RFC 9110 section 13.1.2 says. */
export function matchesETag(ifNoneMatch: string | undefined, etag: string): boolean {
  if (ifNoneMatch === undefined) return false
  if (ifNoneMatch.trim() === '*') return true
  return ifNoneMatch.match(/"[^"]*"/g)?.includes(etag) ?? false
}

/** Only GET has ranges; `If-Range` must be our strong ETag (we give no date that could match). */
function isRangeAsked({ method, headers }: AskedBytes, etag: string): boolean {
  const ifRange = headers['if-range']
  return method === 'GET' && (ifRange === undefined || ifRange === etag)
}

const SINGLE_RANGE = /^\s*bytes\s*=\s*(?:(\d+)-(\d*)|-(\d+))\s*$/i

/**
 * `Range: bytes=a-b`, `a-` or `-n` (RFC 9110, section 14). Null, which is the whole blob, for what
 * is no valid range, for several ranges and for an empty blob. Throws `range_not_satisfiable`.
 */
export function parseRange(header: string, size: number): ByteRange | null {
  const match = SINGLE_RANGE.exec(header)
  if (match === null || size === 0) return null
  const [, first, last = '', suffix] = match
  if (first === undefined) {
    const length = Number(suffix)
    if (length === 0) throw notSatisfiable(header, size)
    return { first: Math.max(0, size - length), last: size - 1 }
  }
  const end = last === '' ? size - 1 : Number(last)
  if (last !== '' && end < Number(first)) return null
  if (Number(first) >= size) throw notSatisfiable(header, size)
  return { first: Number(first), last: Math.min(end, size - 1) }
}

/** `Content-Disposition` with a name for every client: RFC 6266, RFC 8187. */
export function attachment(fileName: string): string {
  const name = fileName.toWellFormed().split(/[/\\]/).at(-1) ?? ''
  const plain = name.replace(/[^\x20-\x7e]|["%]/gu, '_')
  const quoted = `attachment; filename="${plain}"`
  if (plain === name) return quoted
  const encoded = encodeURIComponent(name).replace(/['()*]/g, percentEncoded)
  return `${quoted}; filename*=UTF-8''${encoded}`
}

function percentEncoded(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`
}

function notSatisfiable(header: string, size: number): RegistryError {
  return new RegistryError(
    'range_not_satisfiable',
    `The file has ${size} bytes; ${JSON.stringify(header.slice(0, 100))} asks for none of them.`,
    { size },
  )
}

function answerOrRefuse(request: FastifyRequest, reply: FastifyReply, bytes: BytesToSend) {
  try {
    return answerFor(request, bytes.blob, bytes.fileName)
  } catch (error) {
    if (isRegistryError(error, 'range_not_satisfiable'))
      reply.header('content-range', `bytes */${bytes.blob.size}`)
    throw error
  }
}
