import type { Micros } from './time.ts'

/** How a browser is known between its requests: a cookie that is kept as its digest only. */
export interface PageSession {
  readonly id: string
  readonly userId: number
  /** SHA-256 of the cookie's value, hex. */
  readonly keyDigest: string
  /** Begun by a one-time code: for want of a password one may be chosen without naming the old. */
  readonly byCode: boolean
  readonly createdAt: Micros
  /** Within SESSION_TOUCH_SECONDS. */
  readonly usedAt: Micros
  /** The sooner of two: too long since it began, too long without use. */
  readonly expiresAt: Micros
}

/** A password as it is kept. */
export interface Password {
  readonly userId: number
  /** An argon2id string with its salt and its costs (PHC form). */
  readonly hash: string
  readonly changedAt: Micros
}

/** A one-time code whose signature was found good: who it lets in, and since when. */
export interface SignInCode {
  readonly userId: number
  readonly issuedAt: Micros
  readonly expiresAt: Micros
  /** SHA-256 of the code, hex: by it a second use is seen. */
  readonly digest: string
}
