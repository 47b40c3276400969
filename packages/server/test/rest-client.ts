import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import type * as wire from '@greenroom/sdk/wire'
import Schema from 'typebox/schema'
import { digestOf } from '../src/core/model/digest.ts'
import { hashPointerEvent } from '../src/core/model/pointer-event.ts'
import { parseTime } from '../src/core/model/time.ts'
import { entryOf } from './builders.ts'
import type { TestApp } from './test-app.ts'

export interface RestOptions {
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
  /** The address that it comes from. */
  readonly from?: string
}

export interface RestAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, unknown>>
  // biome-ignore lint/suspicious/noExplicitAny: read freely, since its shape is checked before
  readonly json: any
  readonly bytes: Buffer
}

export type RestClient = (
  method: string,
  path: string,
  options?: RestOptions,
) => Promise<RestAnswer>

/**
 * Calls `/api/v1` with a key. Every answer is held against `openapi.json`: it has the described
 * shape and no key more, and a refusal's code is one that the route announces.
 */
export function restClient({ app }: Pick<TestApp, 'app'>, key: string): RestClient {
  return async (method, path, options = {}) => {
    const answer = await app.inject({
      method: method as 'GET',
      url: `/api/v1${path}`,
      headers: { authorization: `Bearer ${key}`, ...options.headers },
      ...(options.body === undefined ? {} : { payload: options.body as object }),
      ...(options.from === undefined ? {} : { remoteAddress: options.from }),
    })
    const { statusCode: status, headers, rawPayload: bytes } = answer
    const isJson = /json/.test(String(headers['content-type'] ?? ''))
    const json: unknown = isJson && bytes.length > 0 ? answer.json() : undefined
    checkAnswer(method, `/api/v1${path}`, status, json)
    return { status, headers, json, bytes }
  }
}

/** The path of a collection of a user's project. */
export function collectionPath(collection: string, entity = 'ada', project = 'demo'): string {
  const parts = [entity, project, 'collections', collection]
  return `/projects/${parts.map(encodeURIComponent).join('/')}`
}

/** Entries as the contract has them, for texts by path. */
export function entriesOf(files: Readonly<Record<string, string>>): object[] {
  return Object.entries(files).map(([path, text]) => {
    const { digest, size } = entryOf(path, text)
    return { path, digest, size }
  })
}

/** Puts the bytes that a draft asks for, through its links. */
export async function sendUploads(
  { app }: Pick<TestApp, 'app'>,
  draft: { readonly uploads: readonly { readonly digest: string; readonly url: string }[] },
  texts: readonly string[],
): Promise<void> {
  for (const { digest, url } of draft.uploads) {
    const payload = texts.find((text) => digestOf(text) === digest)
    assert.ok(payload !== undefined, `the draft asks for ${digest}, which nobody has`)
    const headers = { 'content-type': 'application/octet-stream' }
    const answer = await app.inject({ method: 'PUT', url: new URL(url).pathname, headers, payload })
    assert.equal(answer.statusCode, 200, answer.body)
  }
}

/** Logs a version as a client does: manifest, missing bytes, commit. Gives the version. */
export async function logVersion(
  app: Pick<TestApp, 'app'>,
  call: RestClient,
  path: string,
  files: Readonly<Record<string, string>>,
  wishes: object = {},
): Promise<RestAnswer> {
  const body = { type: 'model', entries: entriesOf(files), ...wishes }
  const begun = await call('POST', `${path}/versions`, { body })
  if (begun.status !== 201) return begun
  await sendUploads(app, begun.json, Object.values(files))
  return call('POST', `${path}/drafts/${begun.json.id}/commit`)
}

/** What the hash of a log entry must be, from what was answered of it. */
export function rehash(event: wire.PointerEvent): string {
  const index = (version: string) => Number(version.slice(1))
  const slots = (logged: readonly wire.LoggedSlot[]) =>
    logged.map(({ version, label, weight }) => ({ index: index(version), label, weight }))
  const { from, to, added, removed, seen } = event
  return hashPointerEvent({
    ...event,
    change:
      from === null || to === null
        ? { kind: 'members', added: added.map(index), removed: removed.map(index) }
        : { kind: 'slots', from: slots(from), to: slots(to) },
    actorName: event.actor,
    seen: seen === null ? null : JSON.stringify(seen),
    time: parseTime(event.time) ?? 0,
    stackGeneration: 0,
  })
}

// ---------- the document as a judge ----------

type Json = { readonly [key: string]: unknown }
interface Described {
  readonly responses: {
    readonly [status: string]: { readonly description: string; readonly content?: Json }
  }
}

const DOCUMENT = JSON.parse(readFileSync(new URL('../openapi.json', import.meta.url), 'utf8')) as {
  readonly paths: { readonly [path: string]: { readonly [method: string]: Described } }
  readonly components: { readonly schemas: Json }
}

// What is too much in an answer is a fault here, though clients must not mind it.
const DEFINITIONS = closed(localReferences(DOCUMENT.components.schemas)) as Json

function checkAnswer(method: string, url: string, status: number, json: unknown): void {
  const described = findOperation(method, url.split('?')[0] ?? '')
  if (described === undefined) return
  const where = `${method} ${url} → ${status}`
  const response = described.responses[String(status)]
  assert.ok(response !== undefined, `${where} is not announced: ${JSON.stringify(json)}`)
  const media = Object.values(response.content ?? {})[0] as { readonly schema: Json } | undefined
  if (json === undefined || media === undefined) return
  const schema = { ...(closed(localReferences(media.schema)) as Json), $defs: DEFINITIONS }
  const [matches, faults] = Schema.Errors(schema, json)
  assert.ok(matches, `${where}: ${JSON.stringify(faults.slice(0, 3))} in ${JSON.stringify(json)}`)
  if (status < 400) return
  const { code } = json as { readonly code: string }
  assert.ok(response.description.split(', ').includes(code), `${where} does not announce ${code}`)
}

function findOperation(method: string, path: string): Described | undefined {
  const wanted = method === 'HEAD' ? 'get' : method.toLowerCase()
  for (const [template, methods] of Object.entries(DOCUMENT.paths)) {
    const pattern = template
      .replace(/[.]/g, '\\.')
      .replace(/\{path\}$/, '.+')
      .replace('{kind}', '(projects|registries)')
      .replace(/\{\w+\}/g, '[^/]+')
    if (new RegExp(`^${pattern}$`).test(path)) return methods[wanted]
  }
  return undefined
}

function localReferences(value: unknown): unknown {
  return mapObjects(value, (object) =>
    typeof object.$ref === 'string'
      ? { $ref: object.$ref.replace('#/components/schemas/', '#/$defs/') }
      : object,
  )
}

function closed(value: unknown): unknown {
  return mapObjects(value, (object) =>
    object.type === 'object' && object.properties !== undefined
      ? { ...object, additionalProperties: false }
      : object,
  )
}

function mapObjects(value: unknown, change: (object: Json) => Json): unknown {
  if (Array.isArray(value)) return value.map((item) => mapObjects(item, change))
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).map(([key, part]) => [key, mapObjects(part, change)])
  return change(Object.fromEntries(entries))
}
