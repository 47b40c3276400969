import type { CallOptions, Client } from './client.ts'
import { listEvents } from './routes/events.ts'
import { Sha256 } from './sha256.ts'
import type { StreamEvent } from './wire.ts'

const EVENTS_PER_PAGE = 1000
const START = '0'.repeat(64)

/** How far the stream was looked at, and the first event at which its chain does not hold. */
export interface StreamCheck {
  /** Of the last event that was looked at; 0 for an empty stream. */
  readonly revision: number
  readonly hash: string
  readonly broken: { readonly revision: number; readonly why: string } | null
}

/**
 * Computes the hash of each event anew, from the first one on, and compares it with what the server
 * keeps: who changed, removed or inserted an event would have to change every one behind it. Gives
 * where it stands after each page, and ends with the newest event or the first fault. For
 * administrators: others do not see every event. The form of a row is frozen in
 * `docs/decisions/0003-frozen-forms.md`.
 */
export async function* verifyStream(
  client: Client,
  options: CallOptions = {},
): AsyncGenerator<StreamCheck> {
  let last: StreamCheck = { revision: 0, hash: START, broken: null }
  for (;;) {
    const query = { after: last.revision, limit: EVENTS_PER_PAGE }
    const { items, next } = await listEvents(client, query, options)
    for (const event of items) {
      last = follow(last, event)
      if (last.broken !== null) break
    }
    yield last
    if (next === null || last.broken !== null) return
  }
}

function follow(last: StreamCheck, event: StreamEvent): StreamCheck {
  const { revision, hash, prevHash } = event
  const why =
    revision !== last.revision + 1
      ? `It follows ${last.revision}: events in between are missing.`
      : prevHash !== last.hash
        ? 'It names another hash than that of the one before.'
        : hashStreamEvent(event) !== hash
          ? 'Its hash is not that of its content.'
          : null
  return { revision, hash, broken: why === null ? null : { revision, why } }
}

/** `SHA-256(prevHash ‖ row)`: 32 bytes, then the UTF-8 of the row. Hex. */
export function hashStreamEvent(event: StreamEvent): string {
  const { revision, id, kind, actorId, actor, ownerId, collectionId, alias } = event
  const time = Date.parse(event.time) * 1000 + Number(event.time.slice(-4, -1))
  const payload = JSON.stringify(event.payload)
  const places = [ownerId, collectionId, alias]
  const row = [FORM, revision, id, kind, time, actorId, actor, ...places, payload]
  return new Sha256()
    .update(bytesOf(event.prevHash))
    .update(new TextEncoder().encode(JSON.stringify(row)))
    .digest()
    .slice('sha256:'.length)
}

function bytesOf(hex: string): Uint8Array {
  return Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))
}

const FORM = 'greenroom-stream-event-v1'
