import type { Options } from '@node-rs/argon2'
import { RegistryError } from '../core/errors.ts'
import { MAX_PASSWORD_CHECKS_AT_ONCE, MAX_PASSWORD_CHECKS_WAITING } from '../core/limits.ts'
import type { Passwords } from '../core/ports/passwords.ts'

/** What OWASP recommends for argon2id: 19 MiB, 2 passes, 1 lane. (2 is the id of argon2id.) */
const COSTS: Options = { algorithm: 2, memoryCost: 19_456, timeCost: 2, parallelism: 1 }

/** Of a password that nobody knows any more: to compare with where there is none. */
const NOBODYS_HASH =
  '$argon2id$v=19$m=19456,t=2,p=1$YNW5TarKW9bBR5l7rhyHAg' +
  '$9yWenavvVBb1XUjZpUS8odKxHTnImiddSqo+8Zjpev4'

/** Argon2id (RFC 9106), off the event loop, a few at once. Its library is loaded on first use. */
export function argon2Passwords(): Passwords {
  const inTurn = createTurns()
  return {
    hash: (password) =>
      inTurn(async () => {
        const { hash } = await import('@node-rs/argon2')
        return hash(normal(password), COSTS)
      }),
    verify: (known, password) =>
      inTurn(async () => {
        const { verify } = await import('@node-rs/argon2')
        const isRight = await verify(known ?? NOBODYS_HASH, normal(password))
        return isRight && known !== null
      }),
  }
}

/** The same letters typed on two systems are the same bytes (NIST SP 800-63B, 3.1.1.2). */
function normal(password: string): string {
  return password.normalize('NFKC')
}

function createTurns(): <Result>(work: () => Promise<Result>) => Promise<Result> {
  let running = 0
  const waiting: (() => void)[] = []
  return async (work) => {
    if (running >= MAX_PASSWORD_CHECKS_AT_ONCE) {
      if (waiting.length >= MAX_PASSWORD_CHECKS_WAITING)
        throw new RegistryError('rate_limited', 'Too many sign in at this moment. Try again.')
      await new Promise<void>((resolve) => waiting.push(resolve))
    } else running += 1
    try {
      return await work()
    } finally {
      // Whoever waits takes over this turn: no newcomer comes between.
      const next = waiting.shift()
      if (next === undefined) running -= 1
      else next()
    }
  }
}
