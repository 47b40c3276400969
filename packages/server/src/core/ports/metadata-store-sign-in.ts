import type { User } from '../model/actor.ts'
import type { PageSession, Password } from '../model/page-session.ts'
import type { Micros } from '../model/time.ts'

export interface SignInReads {
  findPassword(userId: number): Promise<Password | undefined>
  /** The session with this key digest and its user, expired or not. */
  findSession(
    keyDigest: string,
  ): Promise<{ readonly session: PageSession; readonly user: User } | undefined>
}
export interface SignInWrites extends SignInReads {
  /** Sets a user's password, the first one or another. */
  putPassword(password: Password): Promise<void>
  insertSession(session: PageSession): Promise<void>
  /** Moves a session's last use and its end. */
  touchSession(session: Pick<PageSession, 'id' | 'usedAt' | 'expiresAt'>): Promise<void>
  /** How many were ended: 0 or 1. */
  endSession(id: string): Promise<number>
  /** Ends all of a user's sessions. */
  endSessionsOf(userId: number): Promise<number>
  /** Marks a one-time code as used. Throws `already_exists` the second time. */
  useCode(digest: string, expiresAt: Micros): Promise<void>
  /** Forgets sessions and codes that expired before. */
  removeExpired(time: Micros): Promise<void>
}
