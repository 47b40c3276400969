import { createHash } from 'node:crypto'

/** SHA-256 of bytes that the server itself read: `sha256:` and 64 lower-case hex digits. */
export type ContentDigest = `sha256:${string}`

/**
 * What a protocol's client computed (wandb: MD5 of its manifest, hex). Opaque: compared only with
 * digests of its own kind, never with a content digest.
 */
export interface ClientDigest {
  readonly kind: string
  readonly value: string
}

const CONTENT_DIGEST = /^sha256:[0-9a-f]{64}$/

export function isContentDigest(text: string): text is ContentDigest {
  return CONTENT_DIGEST.test(text)
}

/** The content digest of bytes or of the UTF-8 of a text. */
export function digestOf(content: Uint8Array | string): ContentDigest {
  return `sha256:${createHash('sha256').update(content).digest('hex')}`
}

/** A content digest over parts, in order. */
export class DigestBuilder {
  readonly #hash = createHash('sha256')

  update(part: Uint8Array | string): void {
    this.#hash.update(part)
  }

  finish(): ContentDigest {
    return `sha256:${this.#hash.digest('hex')}`
  }
}

/**
 * MD5 over parts, for a client digest that a protocol must be able to compute again. Never a name
 * or a proof of bytes: those are content digests.
 */
export class Md5Builder {
  readonly #hash = createHash('md5')

  update(part: Uint8Array | string): void {
    this.#hash.update(part)
  }

  finishHex(): string {
    return this.#hash.digest('hex')
  }
}
