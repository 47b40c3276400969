import { json, type PageQuery } from '../answers.ts'
import { pauseBefore, sleep } from '../backoff.ts'
import type { CallOptions, Client } from '../client.ts'
import { type EventFrame, readEventFrames } from '../event-frames.ts'
import { isGreenroomError } from '../greenroom-error.ts'
import { ownerPath } from '../places.ts'
import { watchSilence } from '../silence.ts'
import type * as wire from '../wire.ts'

/** What of the stream is asked for. */
export interface EventFilter {
  readonly owner?: wire.OwnerName | undefined
  /** Needs its owner. */
  readonly collection?: string | undefined
  readonly alias?: string | undefined
  readonly kind?: wire.EventKind | undefined
}

export interface EventQuery extends EventFilter, PageQuery {
  /** What came behind this revision. */
  readonly after?: number | undefined
}

/** What happened, oldest first. */
export function listEvents(
  client: Client,
  query: EventQuery = {},
  options: CallOptions = {},
): Promise<wire.EventPage> {
  return json(client, { method: 'GET', path: '/events', query: queryOf(query), ...options })
}

export interface WatchQuery extends EventFilter {
  /** Tell first what came behind this revision; else what happens from now on. */
  readonly after?: number | undefined
}

/** The server writes every 15 s: a connection that is silent for longer has died. */
const SILENCE_MILLISECONDS = 45_000

/**
 * What happens, as it happens, until the caller leaves the loop or `signal` fires. A connection
 * that breaks is made anew and goes on behind what was last told: every event comes once, in order.
 * Throws `GreenroomError` where the server refuses.
 */
export async function* watchEvents(
  client: Client,
  { after, ...filter }: WatchQuery = {},
  options: CallOptions = {},
): AsyncGenerator<wire.StreamEvent> {
  let place = after
  for (let broken = 0; ; ) {
    try {
      for await (const { id, data } of connect(client, filter, place, options)) {
        if (id !== undefined) place = Number(id)
        if (data === undefined) continue
        broken = 0
        yield JSON.parse(data)
      }
    } catch (error) {
      options.signal?.throwIfAborted()
      if (isGreenroomError(error)) throw error
    }
    broken++
    await sleep(pauseBefore(broken, null) ?? 0, options.signal)
  }
}

async function* connect(
  client: Client,
  filter: EventFilter,
  after: number | undefined,
  { signal, ...options }: CallOptions,
): AsyncGenerator<EventFrame> {
  const silence = watchSilence(SILENCE_MILLISECONDS, signal)
  try {
    const body = await client.request(
      {
        method: 'GET',
        path: '/events/watch',
        query: queryOf(filter),
        headers: after === undefined ? {} : { 'last-event-id': String(after) },
        attempts: Number.POSITIVE_INFINITY,
        ...options,
        signal: silence.signal,
      },
      async (response) => response.body,
    )
    silence.heard()
    if (body !== null) yield* readEventFrames(body, silence.heard)
  } finally {
    silence.end()
  }
}

function queryOf({ owner, ...query }: EventQuery) {
  return { ...query, owner: owner === undefined ? undefined : ownerPath(owner).slice(1) }
}
