import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import type * as wire from '@greenroom/sdk/wire'
import { FIRST_PREV_HASH } from '../packages/server/src/core/model/pointer-event.ts'
import { hashStreamEvent, STREAM_START } from '../packages/server/src/core/model/stream-event.ts'
import { parseTime } from '../packages/server/src/core/model/time.ts'
import { rehash } from '../packages/server/test/rest-client.ts'

// What the REST suites against a started server share.

export interface Answer {
  readonly status: number
  readonly etag: string | null
  // biome-ignore lint/suspicious/noExplicitAny: a test reads any answer
  readonly json: any
  readonly bytes: Uint8Array
}

export interface Call {
  readonly method: string
  /** Under `/api/v1`. */
  readonly path: string
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

export type RestCaller = (call: Call) => Promise<Answer>

/** Calls the API of a server with a key. Throws what `fetch` throws: the server may be gone. */
export function callerOf(url: string, key: string): RestCaller {
  return async ({ method, path, body, headers = {} }) => {
    const response = await fetch(`${url}/api/v1${path}`, {
      method,
      headers: {
        authorization: `Bearer ${key}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const bytes = new Uint8Array(await response.arrayBuffer())
    const isJson = /json/.test(response.headers.get('content-type') ?? '')
    const json: unknown = isJson ? JSON.parse(new TextDecoder().decode(bytes)) : undefined
    return { status: response.status, etag: response.headers.get('etag'), json, bytes }
  }
}

export function sha256(bytes: Uint8Array): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`
}

/** All items of a list, page by page. */
export async function listAll<Item>(call: RestCaller, path: string): Promise<Item[]> {
  const items: Item[] = []
  for (let next: string | null = ''; next !== null; ) {
    const query: string = next === '' ? '?limit=1000' : `?limit=1000&cursor=${next}`
    const { status, json } = await call({ method: 'GET', path: `${path}${query}` })
    assert.equal(status, 200, JSON.stringify(json))
    items.push(...json.items)
    next = json.next
  }
  return items
}

/**
 * The log of a collection, oldest first, after it was checked: entries 1…n, each alias's
 * generations 1…m, every hash over the one before, and each pointer what its last entry says.
 */
export async function checkedHistory(
  call: RestCaller,
  collection: string,
): Promise<readonly wire.PointerEvent[]> {
  const events = await listAll<wire.PointerEvent>(call, `${collection}/history`)
  events.reverse()
  const last = new Map<string, wire.PointerEvent>()
  const bearers = new Map<string, Set<string>>()
  let prevHash = FIRST_PREV_HASH
  for (const [at, event] of events.entries()) {
    assert.equal(event.seq, at + 1, 'a gap or a twin in the log')
    assert.equal(event.prevHash, prevHash, `the chain breaks at ${event.seq}`)
    assert.equal(rehash(event), event.hash, `the hash of ${event.seq} does not hold`)
    assert.equal(event.generation, (last.get(event.alias)?.generation ?? 0) + 1, event.alias)
    const borne = bearers.get(event.alias) ?? new Set()
    for (const gone of event.removed) assert.ok(borne.delete(gone), `${gone} left without coming`)
    for (const come of event.added) borne.add(come)
    bearers.set(event.alias, borne)
    last.set(event.alias, event)
    prevHash = event.hash
  }
  const { json } = await call({ method: 'GET', path: `${collection}/aliases` })
  const aliases: readonly wire.AliasSummary[] = json.items
  assert.deepEqual(aliases.map(({ alias }) => alias).sort(), [...last.keys()].sort())
  for (const { alias, generation, slots, slotCount } of aliases) {
    assert.equal(generation, last.get(alias)?.generation, alias)
    assert.equal(slotCount, bearers.get(alias)?.size, alias)
    for (const { version } of slots) assert.ok(bearers.get(alias)?.has(version), alias)
  }
  return events
}

/** The whole stream, after it was checked: revisions 1…n, every hash over the one before. */
export async function checkedStream(call: RestCaller): Promise<readonly wire.StreamEvent[]> {
  const events = await listAll<wire.StreamEvent>(call, '/events')
  let { hash } = STREAM_START
  for (const [at, event] of events.entries()) {
    assert.equal(event.revision, at + 1, 'a gap or a twin in the stream')
    assert.equal(event.prevHash, hash, `the chain breaks at ${event.revision}`)
    const time = parseTime(event.time) ?? 0
    const payload = JSON.stringify(event.payload)
    hash = hashStreamEvent({ ...event, time, actorName: event.actor, payload }, at + 1, hash)
    assert.equal(event.hash, hash, `the hash of ${event.revision} does not hold`)
  }
  return events
}
