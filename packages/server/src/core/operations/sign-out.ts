import { digestOfKey } from '../model/token-key.ts'
import type { Registry } from '../registry.ts'
import { recordFact } from './steps/facts.ts'
import { namedAs } from './steps/sessions.ts'

/**
 * Ends the session of a cookie at once, or with `everywhere` all sessions of its user. One that is
 * over already is no error, and ends no other.
 */
export async function signOut(
  registry: Registry,
  key: string,
  { everywhere = false }: { readonly everywhere?: boolean } = {},
): Promise<void> {
  return registry.metadata.transaction(async (tx) => {
    const found = await tx.signIns.findSession(digestOfKey(key))
    if (found === undefined || (await tx.signIns.endSession(found.session.id)) === 0) return
    const { session, user } = found
    await recordFact(registry, tx, namedAs(user), {
      kind: 'session.ended',
      payload: { session: session.id, user: user.username, everywhere },
    })
    if (everywhere) await tx.signIns.endSessionsOf(user.id)
  })
}
