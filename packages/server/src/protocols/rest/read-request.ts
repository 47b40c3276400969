import { RegistryError } from '../../core/errors.ts'
import { DEFAULT_ITEMS_PER_PAGE } from '../../core/limits.ts'
import type { Expectation } from '../../core/model/alias.ts'
import type { CollectionRef } from '../../core/model/collection.ts'
import { isContentDigest } from '../../core/model/digest.ts'
import type { ManifestEntry } from '../../core/model/manifest.ts'
import { parseVersionIndex } from '../../core/model/names.ts'
import type { OwnerRef } from '../../core/model/owner.ts'
import { decodeCursor } from '../../core/model/page.ts'
import { type Micros, parseTime } from '../../core/model/time.ts'

// What a request says, as the core wants it. Each function refuses what it cannot read.

interface OwnerParams {
  readonly kind: 'projects' | 'registries'
  readonly entity: string
  readonly owner: string
}
export type CollectionParams = OwnerParams & { readonly collection: string }

export function ownerOf(params: OwnerParams): OwnerRef {
  const kind = params.kind === 'projects' ? 'project' : 'registry'
  return { kind, entityName: params.entity, name: params.owner }
}

export function collectionOf(params: CollectionParams): CollectionRef {
  return { owner: ownerOf(params), name: params.collection }
}

export interface PageQuery {
  readonly limit?: number
  readonly cursor?: string
}

export function limitOf(query: PageQuery): number {
  return query.limit ?? DEFAULT_ITEMS_PER_PAGE
}

/** A cursor that is a text; `start` without one. */
export function textCursor(kind: string, query: PageQuery, start: string): string {
  if (query.cursor === undefined) return start
  const key = decodeCursor(kind, query.cursor)
  return typeof key === 'string' ? key : notOfThisList()
}

/** A cursor that is a number; `start` without one. */
export function numberCursor<Start>(kind: string, query: PageQuery, start: Start): number | Start {
  if (query.cursor === undefined) return start
  const key = decodeCursor(kind, query.cursor)
  return typeof key === 'number' && Number.isSafeInteger(key) ? key : notOfThisList()
}

export function notOfThisList(): never {
  throw new RegistryError(
    'cursor_invalid',
    'The cursor is not one of this list. Begin again without a cursor.',
  )
}

/** An index written `v3`; `what` names the place in the request. */
export function indexOf(text: string, what: string): number {
  const index = parseVersionIndex(text)
  if (index === undefined)
    throw new RegistryError('ref_invalid', `"${what}" is a version as "v3", not "${text}".`, {
      ref: text,
    })
  return index
}

export function timeOf(text: string | undefined, what: string): Micros | undefined {
  const time = text === undefined ? undefined : parseTime(text)
  if (text !== undefined && time === undefined)
    throw invalid(
      `"${what}" is an RFC 3339 time as "2026-03-01T12:00:00Z" ("+" is "%2B" in a query).`,
    )
  return time
}

export interface Conditions {
  readonly 'if-match'?: string | undefined
  readonly 'if-none-match'?: string | undefined
}

/**
 * What a pointer must be before it moves: `If-Match: "7"` is a generation, `If-None-Match: *` is
 * vacant, `expect` in the body is either or the only bearer. Given once, or not at all.
 */
export function expectationOf(
  headers: Conditions,
  expect: number | string | undefined,
): Expectation | null {
  const given: Expectation[] = []
  const generation = numberOfETag(headers['if-match'])
  if (generation !== null) given.push({ kind: 'generation', generation })
  if (headers['if-none-match'] !== undefined) {
    if (headers['if-none-match'].trim() !== '*')
      throw invalid('If-None-Match can only be "*" here: the alias is vacant.')
    given.push({ kind: 'vacant' })
  }
  if (expect !== undefined) given.push(expectationFrom(expect))
  if (given.length > 1)
    throw invalid('Say what you expect once: If-Match, If-None-Match or "expect".')
  return given[0] ?? null
}

/** The number of `If-Match: "7"`, as our ETags of what can be changed are; null without one. */
export function numberOfETag(header: string | undefined): number | null {
  if (header === undefined) return null
  const number = /^"(0|[1-9][0-9]{0,14})"$/.exec(header.trim())?.[1]
  if (number === undefined)
    throw invalid('If-Match takes one ETag as it was answered here, as "7" with its quotes.')
  return Number(number)
}

/** The edition of `If-Match: "5f2c…"`, as ETags of names and stages are; null without one. */
export function editionOfETag(header: string | undefined): string | null {
  if (header === undefined) return null
  const edition = /^"([0-9a-f]{32})"$/.exec(header.trim())?.[1]
  if (edition === undefined)
    throw invalid('If-Match takes one ETag as it was answered here, with its quotes.')
  return edition
}

interface NewEntry {
  readonly path: string
  readonly digest?: string
  readonly size?: number
  readonly reference?: string
  readonly referenceDigest?: string
}

export function entriesOf(entries: readonly NewEntry[]): readonly ManifestEntry[] {
  return entries.map(entryOf)
}

function entryOf(entry: NewEntry): ManifestEntry {
  const { path, digest, size, reference, referenceDigest } = entry
  if ((digest === undefined) === (reference === undefined))
    throw invalidEntry(path, 'it has either a "digest" (a file) or a "reference"')
  if (reference !== undefined)
    return {
      path,
      digest: null,
      size: size ?? null,
      reference,
      clientDigest: referenceDigest ?? null,
      extra: null,
    }
  if (digest === undefined || !isContentDigest(digest))
    throw invalidEntry(path, 'its digest is not "sha256:" and 64 lower-case hex digits')
  if (size === undefined) throw invalidEntry(path, 'a file needs its "size" in bytes')
  if (referenceDigest !== undefined)
    throw invalidEntry(path, '"referenceDigest" goes with a reference')
  return { path, digest, size, reference: null, clientDigest: null, extra: null }
}

function expectationFrom(expect: number | string): Expectation {
  if (typeof expect === 'number') return { kind: 'generation', generation: expect }
  if (expect === 'vacant') return { kind: 'vacant' }
  const index = parseVersionIndex(expect)
  if (index !== undefined) return { kind: 'bearer', index }
  throw invalid('"expect" is a generation as 7, "vacant", or the only bearer as "v3".')
}

function invalidEntry(path: string, why: string): RegistryError {
  const quoted = JSON.stringify(path.slice(0, 200))
  return new RegistryError('manifest_invalid', `Entry ${quoted} is refused: ${why}.`, { path })
}

function invalid(message: string): RegistryError {
  return new RegistryError('request_invalid', message)
}
