import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import { RegistryError } from '../core/errors.ts'
import { SIGN_IN_LINK_LIFETIME_SECONDS } from '../core/limits.ts'
import type { SignInCode } from '../core/model/page-session.ts'
import type { Micros } from '../core/model/time.ts'

/**
 * One-time codes that let a person in without a password: HMAC-SHA256 over who and until when,
 * under the key that signs transfer links. Nothing is stored until one is used, so an operator's
 * command makes one beside a server that has the database for itself.
 */
export interface SignInCodes {
  make(userId: number): string
  /** Throws `unauthenticated` for one that is not ours. Whether it is over, the core says. */
  verify(code: string): SignInCode
}

const LIFETIME_MICROS = SIGN_IN_LINK_LIFETIME_SECONDS * 1_000_000
const CODE = /^(\d{1,15})-(\d{1,16})-([0-9a-f]{32})-([\w-]{43})$/

export function createSignInCodes(key: Uint8Array, now: () => Micros): SignInCodes {
  // A transfer link signs base64url, which has no colon: neither can pass for the other.
  const sign = (payload: string) =>
    createHmac('sha256', key).update(`sign-in:${payload}`).digest('base64url')
  return {
    make(userId) {
      const payload = `${userId}-${now()}-${randomBytes(16).toString('hex')}`
      return `${payload}-${sign(payload)}`
    },
    verify(code) {
      const [, userId, issuedAt, nonce, signature = ''] = CODE.exec(code) ?? []
      const expected = Buffer.from(sign(`${userId}-${issuedAt}-${nonce}`))
      const given = Buffer.from(signature)
      if (given.length !== expected.length || !timingSafeEqual(given, expected))
        throw new RegistryError(
          'unauthenticated',
          'This is no sign-in link of this server. Open the whole link, or ask for a new one.',
        )
      return {
        userId: Number(userId),
        issuedAt: Number(issuedAt),
        expiresAt: Number(issuedAt) + LIFETIME_MICROS,
        digest: createHash('sha256').update(code).digest('hex'),
      }
    },
  }
}

/** Where the page takes a code. Behind `#`, so that it reaches no log, no proxy and no referrer. */
export function signInLink(publicUrl: string, code: string): string {
  return `${publicUrl}/sign-in#code=${code}`
}
