import type { ContentDigest } from './digest.ts'

/** Bytes under their content digest. */
export interface Blob {
  readonly digest: ContentDigest
  /** Bytes. */
  readonly size: number
  /** CRC-32 of each 4 MiB chunk, four bytes big-endian each, in order. */
  readonly checks: Uint8Array
  /** base64 MD5 of the bytes: what wandb's client calls an entry's digest. */
  readonly md5: string
}

/** Inclusive first and last byte. */
export interface ByteRange {
  readonly first: number
  readonly last: number
}
