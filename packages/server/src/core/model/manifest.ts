import { RegistryError } from '../errors.ts'
import { MAX_BLOB_BYTES, MAX_REFERENCE_URI_BYTES } from '../limits.ts'
import { type ContentDigest, DigestBuilder } from './digest.ts'
import { checkEntryPath, utf8Bytes } from './names.ts'

/** One path of a version: bytes that the registry holds, or a reference that it only names. */
export type ManifestEntry = FileEntry | ReferenceEntry

export interface FileEntry {
  readonly path: string
  readonly digest: ContentDigest
  /** Bytes. */
  readonly size: number
  readonly reference: null
  /** The protocol client's own digest of this entry (wandb: base64 MD5), or null. */
  readonly clientDigest: string | null
  /** The protocol client's own attributes as JSON text, or null. Not part of the content. */
  readonly extra: string | null
}

export interface ReferenceEntry {
  readonly path: string
  readonly digest: null
  /** Bytes, where the client knew. */
  readonly size: number | null
  /** URI of what the path stands for; stored as text and never fetched by the server. */
  readonly reference: string
  /** What the client found there (an ETag, an MD5, the URI itself): opaque, part of the content. */
  readonly clientDigest: string | null
  readonly extra: string | null
}

/** First line of the canonical manifest: names the form and its version. */
export const CANONICAL_MANIFEST_HEADER = 'greenroom-manifest-v1\n'

/**
 * One line of the canonical manifest, as `docs/decisions/0003-frozen-forms.md` freezes it:
 * `["<path>","<digest>",<size>]` for a file,
 * `["<path>",null,<size|null>,"<uri>",<client digest|null>]` for a reference, each in the JSON that
 * `JSON.stringify` writes, and a line feed.
 */
export function canonicalEntry(entry: ManifestEntry): string {
  return entry.reference === null
    ? `${JSON.stringify([entry.path, entry.digest, entry.size])}\n`
    : `${JSON.stringify([entry.path, null, entry.size, entry.reference, entry.clientDigest])}\n`
}

/** Computes a version's content digest from its entries, which must come in path order. */
export class ManifestDigestBuilder {
  readonly #digest = new DigestBuilder()
  #previous: string | undefined
  fileCount = 0
  /** Bytes, references included where their size is known. */
  size = 0

  constructor() {
    this.#digest.update(CANONICAL_MANIFEST_HEADER)
  }

  add(entry: ManifestEntry): void {
    if (this.#previous !== undefined && comparePaths(this.#previous, entry.path) >= 0)
      throw new Error(`manifest entries out of order at ${JSON.stringify(entry.path)}`)
    this.#previous = entry.path
    this.#digest.update(canonicalEntry(entry))
    this.fileCount += 1
    this.size += entry.size ?? 0
  }

  finish(): ContentDigest {
    return this.#digest.finish()
  }
}

/** Orders paths by the bytes of their UTF-8, which is the order of both databases. */
export function comparePaths(left: string, right: string): number {
  if (left === right) return 0
  const a = utf8Bytes(left)
  const b = utf8Bytes(right)
  const length = Math.min(a.length, b.length)
  for (let index = 0; index < length; index++) {
    const difference = (a[index] ?? 0) - (b[index] ?? 0)
    if (difference !== 0) return difference
  }
  return a.length - b.length
}

/** Throws `manifest_invalid` (or `name_invalid` for the path) unless the entry can be stored. */
export function checkEntry(entry: ManifestEntry): void {
  checkEntryPath(entry.path)
  if (entry.size !== null && (!Number.isSafeInteger(entry.size) || entry.size < 0))
    throw invalidEntry(entry, 'its size is not a whole number of bytes')
  if (entry.size !== null && entry.size > MAX_BLOB_BYTES)
    throw invalidEntry(entry, `its size is above ${MAX_BLOB_BYTES} bytes`)
  if (entry.reference !== null) {
    if (entry.reference === '') throw invalidEntry(entry, 'its reference is empty')
    if (utf8Bytes(entry.reference).length > MAX_REFERENCE_URI_BYTES)
      throw invalidEntry(entry, `its reference is longer than ${MAX_REFERENCE_URI_BYTES} bytes`)
  }
}

function invalidEntry(entry: ManifestEntry, why: string): RegistryError {
  return new RegistryError(
    'manifest_invalid',
    `Entry ${JSON.stringify(entry.path)} cannot be stored: ${why}.`,
    { path: entry.path },
  )
}
