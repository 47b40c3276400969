import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import type * as wire from '@greenroom/sdk/wire'
import { type Answer, type Call, type RestCaller, sha256 } from '../rest.ts'

// A client that logs and promotes without end, and asks again whenever the server is gone: what a
// careful program does. It writes down what was acknowledged, for the reckoning afterwards.

export type Step = 'begin' | 'upload' | 'commit' | 'promote' | 'link' | 'roll back' | 'delete'

export interface Acknowledged {
  readonly commits: { readonly collection: string; readonly version: string; digest: string }[]
  readonly promotions: {
    readonly collection: string
    readonly version: string
    readonly generation: number
  }[]
  /** Promotions of which the answer was lost, found by the 412 that shows our own move. */
  ownMoves: number
  /** Promotions that somebody else's was quicker than. */
  lost: number
  /** Requests asked again, since the server was gone or said 503. */
  retries: number
  /** Uploads that went on where a killed server had stopped. */
  resumed: number
}

export interface Workload {
  readonly call: RestCaller
  readonly collections: readonly string[]
  /** The next number of a seeded generator, in [0, 1). */
  readonly random: () => number
  readonly acknowledged: Acknowledged
  /** What is being asked right now, by worker: what a kill interrupts. */
  readonly inFlight: Map<number, Step>
  /** No new version is begun. */
  isOver: boolean
  /** Ends the workers where they are. */
  readonly signal: AbortSignal
}

const PART_BYTES = 64 * 1024
const MAX_PARTS = 12
const PAUSE_MILLISECONDS = 25

/** One worker: version after version until the workload is over. Throws for a false answer. */
export async function work(load: Workload, worker: number): Promise<void> {
  for (let round = 0; !load.isOver; round++) {
    const collection = load.collections[Math.floor(load.random() * load.collections.length)] ?? ''
    const parts = 1 + Math.floor(load.random() * MAX_PARTS)
    const bytes = bytesOf(`worker ${worker}, round ${round}, `, parts * PART_BYTES)
    const version = await logVersion(load, worker, collection, bytes)
    if (load.random() < 0.8) await promote(load, worker, collection, version)
  }
}

async function logVersion(
  load: Workload,
  worker: number,
  collection: string,
  bytes: Buffer,
): Promise<string> {
  const digest = sha256(bytes)
  const entries = [{ path: 'weights.bin', digest, size: bytes.length }]
  const draft: wire.Draft = (
    await ask(load, worker, 'begin', {
      method: 'POST',
      path: `${collection}/versions`,
      body: { type: 'model', entries },
    })
  ).json
  for (const { url } of draft.uploads) await upload(load, worker, url, bytes)
  const committed = await ask(load, worker, 'commit', {
    method: 'POST',
    path: `${collection}/drafts/${draft.id}/commit`,
  })
  const { version }: wire.CommittedVersion = committed.json
  load.acknowledged.commits.push({ collection, version, digest })
  return version
}

/** Sends the bytes slowly, so that a kill finds it at work; goes on where the server stopped. */
async function upload(load: Workload, worker: number, url: string, bytes: Buffer): Promise<void> {
  let offset = 0
  for (;;) {
    const response = await enter(load, worker, 'upload', () => put(url, bytes, offset))
    if (response?.status === 200) return
    // 409: a part came that did not begin where we go on.
    if (response !== undefined && response.status !== 503 && response.status !== 409)
      assert.fail(`upload: ${response.status} ${await response.text()}`)
    load.acknowledged.retries += 1
    await sleep(PAUSE_MILLISECONDS)
    const head = await enter(load, worker, 'upload', () => fetch(url, { method: 'HEAD' }))
    if (head?.ok !== true) continue
    offset = Number(head.headers.get('upload-offset'))
    if (offset > 0) load.acknowledged.resumed += 1
  }
}

function put(url: string, bytes: Buffer, offset: number): Promise<Response> {
  async function* slowly() {
    for (let at = offset; at < bytes.length; at += PART_BYTES) {
      yield bytes.subarray(at, Math.min(bytes.length, at + PART_BYTES))
      await sleep(2)
    }
  }
  const range = `bytes ${offset}-${bytes.length - 1}/${bytes.length}`
  // All bytes came, but the server died before it had kept them: the whole body, from the start.
  if (offset === bytes.length) return fetch(url, { method: 'PUT', body: new Uint8Array(bytes) })
  return fetch(url, {
    method: 'PUT',
    headers: { 'content-range': range },
    body: slowly(),
    duplex: 'half',
  } as unknown as RequestInit)
}

/** Promotes with the generation that it saw, until it succeeds. */
async function promote(
  load: Workload,
  worker: number,
  collection: string,
  version: string,
): Promise<void> {
  const path = `${collection}/aliases/production`
  let seen = await ask(load, worker, 'promote', { method: 'GET', path }, [200, 404])
  for (;;) {
    const isAskedAgain = { value: false }
    const put: Call = {
      method: 'PUT',
      path,
      body: { version },
      headers: { 'if-match': seen.etag ?? '"0"' },
    }
    const answer = await ask(load, worker, 'promote', put, [200, 412], isAskedAgain)
    const { generation } = answer.status === 200 ? answer.json : answer.json.details
    const now = answer.status === 200 ? answer.json.slots : answer.json.details.slots
    // A 412 after a lost answer that shows our own version is our own move.
    const isOurs = now[0]?.version === version
    if (answer.status === 200 || (isAskedAgain.value && isOurs)) {
      if (answer.status === 412) load.acknowledged.ownMoves += 1
      load.acknowledged.promotions.push({ collection, version, generation })
      return
    }
    load.acknowledged.lost += 1
    seen = answer
  }
}

/** Asks until it is answered; 503 and a lost connection are asked again. */
export async function ask(
  load: Workload,
  worker: number,
  step: Step,
  call: Call,
  statuses: readonly number[] = [200, 201],
  isAskedAgain = { value: false },
): Promise<Answer> {
  for (;;) {
    const answer = await enter(load, worker, step, () => load.call(call))
    if (answer !== undefined && statuses.includes(answer.status)) return answer
    if (answer !== undefined && answer.status !== 503)
      assert.fail(`${call.method} ${call.path}: ${answer.status} ${JSON.stringify(answer.json)}`)
    isAskedAgain.value = true
    load.acknowledged.retries += 1
    await sleep(PAUSE_MILLISECONDS)
  }
}

/** Undefined: the connection was refused or lost. */
async function enter<Result>(
  load: Workload,
  worker: number,
  step: Step,
  request: () => Promise<Result>,
): Promise<Result | undefined> {
  load.signal.throwIfAborted()
  load.inFlight.set(worker, step)
  try {
    return await request()
  } catch (error) {
    // What `fetch` throws when the other end is gone, also in the middle of an answer.
    if (error instanceof TypeError || error instanceof SyntaxError) return undefined
    throw error
  } finally {
    load.inFlight.delete(worker)
  }
}

function bytesOf(seed: string, length: number): Buffer {
  return Buffer.alloc(length, `${seed}${Math.floor(length / PART_BYTES)} parts; `)
}

/** Mulberry32: a seed replays a run's choices. */
export function randomOf(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let value = Math.imul(state ^ (state >>> 15), 1 | state)
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value
    return ((value ^ (value >>> 14)) >>> 0) / 2 ** 32
  }
}
