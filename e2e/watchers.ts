import assert from 'node:assert/strict'
import { connect, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type * as wire from '@greenroom/sdk/wire'
import { callerOf, listAll, type RestCaller } from './rest.ts'
import type { StartedServer } from './server.ts'

const WRITERS = 8
const WAIT_MILLISECONDS = 180_000
const COLLECTION = '/projects/admin/watched/collections/classifier'

/**
 * Reads `/api/v1/events/watch` over a bare socket and notes when each event came: a thousand of
 * these cost their process next to nothing, so that what is measured is the server.
 */
export class Watcher {
  /** Revisions in the order in which they came, and when, by `performance.now()`. */
  readonly revisions: number[] = []
  readonly times: number[] = []
  readonly #socket: Socket
  #rest = ''

  private constructor(socket: Socket) {
    this.#socket = socket
    socket.setEncoding('latin1')
    socket.on('data', (text: string) => this.#take(text))
    socket.on('error', () => undefined)
  }

  /** Resolves when the server has answered. */
  static open(url: string, key: string, query = ''): Promise<Watcher> {
    const { hostname, port } = new URL(url)
    const socket = connect(Number(port), hostname)
    const head = [
      `GET /api/v1/events/watch?${query} HTTP/1.1`,
      `host: ${hostname}`,
      `authorization: Bearer ${key}`,
    ]
    socket.write(`${head.join('\r\n')}\r\n\r\n`)
    return new Promise((resolve, reject) => {
      socket.once('error', reject)
      const watcher = new Watcher(socket)
      socket.once('data', (text: string) => {
        if (text.startsWith('HTTP/1.1 200 ')) resolve(watcher)
        else reject(new Error(text.slice(0, 200)))
      })
    })
  }

  close(): void {
    this.#socket.destroy()
  }

  #take(text: string): void {
    const now = performance.now()
    const all = this.#rest + text
    const end = all.lastIndexOf('\n\n') + 2
    this.#rest = end < 2 ? all : all.slice(end)
    if (end < 2) return
    for (const [, id] of all.slice(0, end).matchAll(/id: (\d+)\ndata: /g)) {
      this.revisions.push(Number(id))
      this.times.push(now)
    }
  }
}

/** So many, some at a time: a server's queue of connections to accept is short. */
export async function openWatchers(
  count: number,
  open: () => Promise<Watcher>,
): Promise<readonly Watcher[]> {
  const watchers: Watcher[] = []
  while (watchers.length < count) {
    const some = Array.from({ length: Math.min(100, count - watchers.length) }, open)
    watchers.push(...(await Promise.all(some)))
  }
  return watchers
}

/** From an answer to a watcher's sight of what was done, over all watchers; milliseconds. */
export interface Delays {
  readonly p50: number
  readonly p99: number
}

/**
 * Lets so many watch one server while so many promotions are made, first one by one, then by
 * several writers at once. Fails unless each watcher sees each event once, in the stream's order.
 */
export async function watchPromotions(
  { url, adminKey }: Pick<StartedServer, 'url' | 'adminKey'>,
  { watchers: count, promotions }: { readonly watchers: number; readonly promotions: number },
): Promise<Delays & { readonly events: number }> {
  const call = callerOf(url, adminKey)
  await logTwoVersions(call, COLLECTION)
  const begun = await lastRevision(call)
  const watchers = await openWatchers(count, () => Watcher.open(url, adminKey, `after=${begun}`))
  try {
    const answered: number[] = []
    for (let at = 1; at <= promotions; at += 1) {
      await promote(call, 'steady', at)
      answered.push(performance.now())
      await sleep(20)
    }
    const each = Math.ceil(promotions / WRITERS)
    await Promise.all(
      Array.from({ length: WRITERS }, async (_, writer) => {
        for (let at = 1; at <= each; at += 1) await promote(call, `writer-${writer}`, at)
      }),
    )
    const events = await placedMoves(call, begun, promotions + WRITERS * each)
    await until(() => watchers.every(({ revisions }) => revisions.length >= events.length))
    const expected = events.map((_, at) => begun + at + 1)
    assert.deepEqual(
      events.map(({ revision }) => revision),
      expected,
    )
    for (const { revisions } of watchers) assert.deepEqual(revisions, expected)
    return { events: events.length, ...delaysBetween(watchers, answered) }
  } finally {
    for (const watcher of watchers) watcher.close()
  }
}

/** `answered` is when each of the first events was. A watcher that knew before waited no time. */
export function delaysBetween(watchers: readonly Watcher[], answered: readonly number[]): Delays {
  const milliseconds = watchers.flatMap(({ times }) =>
    answered.map((since, at) => Math.max(0, (times[at] ?? Number.NaN) - since)),
  )
  assert.ok(!milliseconds.includes(Number.NaN), 'a watcher missed an event')
  milliseconds.sort((a, b) => a - b)
  const share = (part: number) => milliseconds[Math.floor(part * (milliseconds.length - 1))] ?? 0
  return { p50: share(0.5), p99: share(0.99) }
}

export async function logTwoVersions(call: RestCaller, collection: string): Promise<void> {
  for (const at of [0, 1]) {
    // References need no bytes.
    const entries = [{ path: 'w', reference: `https://example.org/${at}` }]
    const body = { type: 'model', entries }
    const begun = await call({ method: 'POST', path: `${collection}/versions`, body })
    const path = `${collection}/drafts/${begun.json.id}/commit`
    assert.equal((await call({ method: 'POST', path })).status, 201)
  }
}

async function promote(call: RestCaller, alias: string, at: number): Promise<wire.AliasChange> {
  const body = { version: `v${at % 2}` }
  const answer = await call({ method: 'PUT', path: `${COLLECTION}/aliases/${alias}`, body })
  assert.equal(answer.status, 200, JSON.stringify(answer.json))
  return answer.json
}

/**
 * Of the stream when nothing is on its way to it: what was acknowledged before a move of the alias
 * `mark` has its place when that move has one.
 */
async function lastRevision(call: RestCaller): Promise<number> {
  await promote(call, 'mark', 0)
  for (;;) {
    const { json } = await call({ method: 'GET', path: '/events?limit=1000' })
    if (json.items.at(-1)?.alias === 'mark') return json.revision
    await sleep(20)
  }
}

async function placedMoves(
  call: RestCaller,
  after: number,
  count: number,
): Promise<wire.StreamEvent[]> {
  const isMove = ({ revision, kind }: wire.StreamEvent) =>
    revision > after && kind === 'alias.moved'
  for (;;) {
    const events = (await listAll<wire.StreamEvent>(call, '/events')).filter(isMove)
    if (events.length === count) return events
    await sleep(50)
  }
}

export async function until(condition: () => boolean): Promise<void> {
  const deadline = performance.now() + WAIT_MILLISECONDS
  while (!condition()) {
    assert(performance.now() < deadline, 'not all have seen all')
    await sleep(20)
  }
}
