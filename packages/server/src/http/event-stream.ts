import { once } from 'node:events'
import type { FastifyReply, FastifyRequest } from 'fastify'

/** Something goes over the wire at least this often, so that nobody between takes it for dead. */
const HEARTBEAT_MILLISECONDS = 15_000
/** How long a client waits before it comes back. */
const RETRY_MILLISECONDS = 2_000

export interface EventBatch {
  /** Whole frames, as `eventFrame` makes them. */
  readonly frames: string
  /** Where the client goes on when the connection breaks behind this batch. */
  readonly lastId: number
}

/** https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream */
export function eventFrame(id: number, json: string): string {
  return `id: ${id}\ndata: ${json}\n\n`
}

/**
 * Answers with server-sent events until the batches end, the reader goes away, or `abort` says so.
 * The next batch is asked for when the reader has taken the one before: what waits here for a slow
 * one is one batch. Batches that throw break the connection, and the client comes back.
 */
export async function sendEventStream(
  request: FastifyRequest,
  reply: FastifyReply,
  stream: {
    readonly firstId: number
    readonly batches: AsyncIterable<EventBatch>
    readonly abort: AbortController
  },
): Promise<void> {
  const { abort } = stream
  const { raw } = begin(reply)
  const { socket } = request.raw
  const leave = () => abort.abort()
  socket.once('close', leave)
  // It may have closed while the first batch was looked for; then nobody says so again.
  if (socket.destroyed) leave()
  // An id without data moves the place from which the client goes on, and is no event.
  let place = `id: ${stream.firstId}\n\n`
  raw.write(`retry: ${RETRY_MILLISECONDS}\n${place}`)
  const heartbeat = setInterval(() => {
    if (!raw.writableNeedDrain) raw.write(`: still here\n${place}`)
  }, HEARTBEAT_MILLISECONDS)
  try {
    for await (const { frames, lastId } of stream.batches) {
      place = `id: ${lastId}\n\n`
      if (frames !== '' && !raw.write(frames)) await once(raw, 'drain', { signal: abort.signal })
    }
    raw.end()
  } catch (error) {
    raw.destroy()
    if (!abort.signal.aborted) request.log.error({ err: error }, 'an event stream was broken off')
  } finally {
    clearInterval(heartbeat)
    socket.off('close', leave)
  }
}

function begin(reply: FastifyReply): FastifyReply {
  const headers = reply
    .header('content-type', 'text/event-stream; charset=utf-8')
    // Some proxies keep an answer back until it has ended.
    .header('x-accel-buffering', 'no')
    .hijack()
    .getHeaders()
  for (const [name, value] of Object.entries(headers))
    if (value !== undefined) reply.raw.setHeader(name, value)
  reply.raw.writeHead(200)
  return reply
}
