import type { Micros } from './time.ts'

/** Who acts. A token proves it; the registry itself acts as `SYSTEM`. */
export interface Actor {
  /** The user's integer id; 0 is the registry itself. */
  readonly userId: number
  readonly username: string
  /** The user's own entity. */
  readonly entityId: number
  readonly admin: boolean
}

/** The registry itself: first start, expiry, the supersede step of nobody's call. */
export const SYSTEM: Actor = { userId: 0, username: 'system', entityId: 0, admin: true }

export interface User {
  readonly id: number
  readonly username: string
  /** Shown to people. */
  readonly displayName: string
  readonly email: string | null
  readonly admin: boolean
  readonly entityId: number
  readonly createdAt: Micros
}

/** A key as it is kept: never the key itself. */
export interface Token {
  readonly id: string
  readonly userId: number
  readonly name: string
  /** The first characters of the key, so that a person can tell two apart. */
  readonly prefix: string
  /** SHA-256 of the key, hex. */
  readonly keyDigest: string
  readonly createdAt: Micros
  readonly revokedAt: Micros | null
}
