import { RegistryError } from '../../errors.ts'
import {
  MAX_PASSWORD_CHARACTERS,
  MIN_PASSWORD_CHARACTERS,
  SESSION_IDLE_SECONDS,
  SESSION_LIFETIME_SECONDS,
} from '../../limits.ts'
import type { Actor, User } from '../../model/actor.ts'
import type { PageSession } from '../../model/page-session.ts'
import type { Micros } from '../../model/time.ts'
import { digestOfKey } from '../../model/token-key.ts'
import type { Registry, Tx } from '../../registry.ts'
import { recordFact } from './facts.ts'

/** A session that begins, with what its cookie says: told once, never kept. */
export interface BegunSession {
  readonly session: PageSession
  readonly key: string
  readonly user: User
}

/** Begins a session of a user who has shown who they are, and forgets those that are over. */
export async function beginSession(
  registry: Registry,
  tx: Tx,
  user: User,
  by: 'password' | 'code',
): Promise<BegunSession> {
  const key = registry.randomHex(32)
  const time = registry.now()
  const session: PageSession = {
    id: registry.newId(),
    userId: user.id,
    keyDigest: digestOfKey(key),
    byCode: by === 'code',
    createdAt: time,
    usedAt: time,
    expiresAt: endOfSession(time, time),
  }
  await tx.signIns.removeExpired(time)
  await tx.signIns.insertSession(session)
  await recordFact(registry, tx, namedAs(user), {
    kind: 'session.begun',
    payload: { session: session.id, user: user.username, by },
  })
  return { session, key, user }
}

/** When a session that began and was last used then is over. */
export function endOfSession(createdAt: Micros, usedAt: Micros): Micros {
  return Math.min(
    createdAt + SESSION_LIFETIME_SECONDS * 1_000_000,
    usedAt + SESSION_IDLE_SECONDS * 1_000_000,
  )
}

/** Whether the page is for them: a program has keys only, and who was removed has nothing. */
export function maySignIn({ kind, removedAt }: User): boolean {
  return kind === 'user' && removedAt === null
}

/** Who did it, for the stream. */
export function namedAs({ id, username }: User): Pick<Actor, 'userId' | 'username'> {
  return { userId: id, username }
}

/** Throws `request_invalid` for a password that is too short or too long. */
export function checkPassword(password: string): void {
  const characters = [...password.normalize('NFKC')].length
  if (characters < MIN_PASSWORD_CHARACTERS || characters > MAX_PASSWORD_CHARACTERS)
    throw new RegistryError(
      'request_invalid',
      `A password has ${MIN_PASSWORD_CHARACTERS} to ${MAX_PASSWORD_CHARACTERS} characters. ` +
        'A few words in a row are easy to remember.',
    )
}
