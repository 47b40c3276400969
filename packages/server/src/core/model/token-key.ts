import { digestOf } from './digest.ts'

const BASE_62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const BODY_CHARACTERS = 43
const CHECK_CHARACTERS = 6
const IMPORTABLE = /^([A-Za-z0-9_]+-)?[A-Za-z0-9_]{40,200}$/

/**
 * A key from 32 random bytes in hex: `hf_`, 43 characters of base 62, and 6 that check the rest.
 * One form for every client: wandb wants 40 or more of letters, digits and `_`; the Hub's
 * JavaScript client wants `hf_`.
 */
export function makeKey(random32BytesHex: string): string {
  const body = base62(BigInt(`0x${random32BytesHex}`)).padStart(BODY_CHARACTERS, '0')
  const digest = BigInt(`0x${digestOf(body).slice('sha256:'.length)}`)
  return `hf_${body}${base62(digest).padStart(BODY_CHARACTERS, '0').slice(-CHECK_CHARACTERS)}`
}

/** Whether an administrator may import this as a key: what the wandb client accepts as one. */
export function isImportableKey(key: string): boolean {
  return IMPORTABLE.test(key)
}

/** What is stored of a key: the hex of its SHA-256. */
export function digestOfKey(key: string): string {
  return digestOf(key).slice('sha256:'.length)
}

/** The part of a key that may be shown again, so that a person can tell two apart. */
export function prefixOfKey(key: string): string {
  return key.slice(0, 10)
}

function base62(value: bigint): string {
  let rest = value
  let text = ''
  do {
    text = (BASE_62[Number(rest % 62n)] ?? '') + text
    rest /= 62n
  } while (rest > 0n)
  return text
}
