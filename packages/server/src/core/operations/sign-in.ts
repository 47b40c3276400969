import { RegistryError } from '../errors.ts'
import type { Registry } from '../registry.ts'
import { type BegunSession, beginSession, maySignIn } from './steps/sessions.ts'

/**
 * Begins a session of the page for who knows a user's name and password. One refusal, after the
 * same time, for a name that is unknown, one that has no password, and a password that is wrong.
 *
 * Throws `unauthenticated`, `rate_limited`.
 */
export async function signIn(
  registry: Registry,
  input: { readonly username: string; readonly password: string },
): Promise<BegunSession> {
  const known = await registry.metadata.read(async (tx) => {
    const user = await tx.users.find(input.username)
    const mayEnter = user !== undefined && maySignIn(user)
    // Asked for nobody too: one statement more or less can be told by its time.
    const password = await tx.signIns.findPassword(user?.id ?? 0)
    return !mayEnter || password === undefined ? null : { user, password }
  })
  const hash = known?.password.hash ?? null
  const isRight = await registry.passwords.verify(hash, input.password)
  if (known === null || !isRight) throw notIn()
  return registry.metadata.transaction(async (tx) => {
    // It may have been changed while we were looking.
    const user = await tx.users.lock(known.user.id)
    const password = await tx.signIns.findPassword(known.user.id)
    if (user === undefined || !maySignIn(user) || password?.hash !== hash) throw notIn()
    return beginSession(registry, tx, user, 'password')
  })
}

function notIn(): RegistryError {
  return new RegistryError(
    'unauthenticated',
    'This name and password do not fit together. Who has forgotten theirs asks an administrator.',
  )
}
