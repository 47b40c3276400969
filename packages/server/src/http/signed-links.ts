import { createHmac, timingSafeEqual } from 'node:crypto'
import { RegistryError } from '../core/errors.ts'
import { SIGNED_LINK_LIFETIME_SECONDS } from '../core/limits.ts'
import type { ContentDigest } from '../core/model/digest.ts'
import type { Micros } from '../core/model/time.ts'

/** What a link permits. Its holder needs no other right, so it names one thing exactly. */
export type LinkPermit =
  | {
      readonly kind: 'upload-blob'
      readonly draftId: string
      /** What the bytes must be; what is null is not checked. */
      readonly digest: ContentDigest | null
      /** base64 MD5. */
      readonly md5: string | null
      /** Bytes. */
      readonly size: number | null
    }
  /** Small blobs of a draft, several in one body that names them. */
  | { readonly kind: 'upload-batch'; readonly draftId: string }
  /** One part of a file that `join-parts` makes whole; the base64 MD5 is the part's own. */
  | { readonly kind: 'upload-part'; readonly draftId: string; readonly md5: string }
  | { readonly kind: 'upload-draft-manifest'; readonly manifestId: string }
  | { readonly kind: 'upload-run-file'; readonly runId: number; readonly name: string }
  | {
      readonly kind: 'download-blob'
      /** Null for what belongs to no version: a file of a run. */
      readonly versionId: string | null
      readonly digest: ContentDigest
      /** The file name that a browser saves it under. */
      readonly name: string
    }
  /** For protocols that render a version's manifest under a path of their own. */
  | { readonly kind: 'download-manifest'; readonly versionId: string }

/** Links that carry their own right: HMAC-SHA256 over what they permit and until when. */
export interface SignedLinks {
  /**
   * An absolute URL of the transfer door that lives SIGNED_LINK_LIFETIME_SECONDS. `label` is a path
   * for the eyes of people and clients, and is ignored; never put a user's text into it.
   */
  url(permit: LinkPermit, label: string): string
  /** The signed part alone (one path segment), for a protocol that serves it under its own path. */
  sign(permit: LinkPermit): string
  /** Throws `forbidden` when it is not ours or its time is over. */
  verify(signed: string): LinkPermit
}

/** `key` is kept in the database: links survive a restart and hold on every replica. */
export function createSignedLinks(
  key: Uint8Array,
  publicUrl: () => string,
  now: () => Micros,
): SignedLinks {
  const nowSeconds = () => Math.floor(now() / 1_000_000)
  const mac = (payload: string) => createHmac('sha256', key).update(payload).digest()

  function sign(permit: LinkPermit): string {
    const expires = nowSeconds() + SIGNED_LINK_LIFETIME_SECONDS
    const payload = Buffer.from(JSON.stringify([expires, permit])).toString('base64url')
    return `${payload}.${mac(payload).toString('base64url')}`
  }

  function verify(signed: string): LinkPermit {
    const [payload = '', signature = '', ...rest] = signed.split('.')
    const given = Buffer.from(signature, 'base64url')
    const expected = mac(payload)
    if (rest.length > 0 || given.length !== expected.length || !timingSafeEqual(given, expected))
      throw new RegistryError('forbidden', 'This link was not signed here. Ask for a fresh one.')
    // What we signed, we made: its shape needs no second look.
    const [expires, permit] = JSON.parse(Buffer.from(payload, 'base64url').toString()) as [
      number,
      LinkPermit,
    ]
    if (expires < nowSeconds())
      throw new RegistryError('forbidden', 'The time of this link is over. Ask for a fresh one.')
    return permit
  }

  function url(permit: LinkPermit, label: string): string {
    const path = label.split('/').map(encodeURIComponent).join('/')
    return `${publicUrl()}/transfer/${sign(permit)}/${path}`
  }

  return { url, sign, verify }
}
